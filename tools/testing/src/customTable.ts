import { request } from 'undici';
import { dataverseToken } from './dataverseToken.ts';
import type { EmulatedDynamics } from './emulatedDynamics.ts';

const metadata = (type: string): string => `Microsoft.Dynamics.CRM.${type}`;
const label = (text: string) => ({
  '@odata.type': metadata('Label'),
  LocalizedLabels: [{ '@odata.type': metadata('LocalizedLabel'), Label: text, LanguageCode: 1033 }],
});

/** Makes the custom table `new_visit` with the column `new_name`, by the metadata API, as a maker's tool would. */
export async function createVisitTable(dynamics: EmulatedDynamics): Promise<void> {
  const { statusCode, body } = await request(`${dynamics.url}/api/data/v9.2/EntityDefinitions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await dataverseToken(dynamics)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      '@odata.type': metadata('EntityMetadata'),
      SchemaName: 'new_Visit',
      DisplayName: label('Visit'),
      OwnershipType: 'UserOwned',
      ChangeTrackingEnabled: true,
      Attributes: [
        {
          '@odata.type': metadata('StringAttributeMetadata'),
          SchemaName: 'new_Name',
          DisplayName: label('Name'),
          IsPrimaryName: true,
          MaxLength: 100,
        },
      ],
    }),
  });
  const text = await body.text();
  if (statusCode !== 204) throw new Error(`new_visit was not made: ${statusCode} ${text}`);
}
