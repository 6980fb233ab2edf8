import { startDataverseEmulator, type DataverseEmulator } from '@lockstep/dataverse-emulator';
import { dynamicsCatalogContract, type TableDescription } from '@lockstep/ports';
import { createDynamics, type Dynamics } from './createDynamics.ts';
import type { DataverseRequest } from './dataverseClient.ts';

type Stage = {
  readonly emulator: DataverseEmulator;
  readonly dynamics: Dynamics;
  readonly requests: readonly DataverseRequest[];
  control(path: string, body: unknown): Promise<void>;
  close(): Promise<void>;
};

const never = new AbortController().signal;

async function startStage(): Promise<Stage> {
  const emulator = await startDataverseEmulator({ control: true });
  const requests: DataverseRequest[] = [];
  const dynamics = await createDynamics({ ...emulator, onRequest: (request) => requests.push(request) });

  return {
    emulator,
    dynamics,
    requests,
    control: async (path, body) => {
      const answer = await fetch(`${emulator.url}/_control/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    },
    close: async () => {
      await dynamics.close();
      await emulator.close();
    },
  };
}

const textColumn = (column: string) => ({
  '@odata.type': 'Microsoft.Dynamics.CRM.StringAttributeMetadata',
  SchemaName: column,
  MaxLength: 100,
});

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

describe('the catalog of the Web API', () => {
  dynamicsCatalogContract(async () => {
    const undo: (() => Promise<void>)[] = [];
    const { control } = stage;

    return {
      catalog: stage.dynamics,
      administrator: {
        secure: async (table, column, canRead) => {
          await control('columnSecurity', { table, column, secured: true, canRead });
          undo.push(() => control('columnSecurity', { table, column, secured: false }));
        },
        addColumn: async (table, column) => {
          await control('columns', { table, column: textColumn(column) });
          undo.push(async () => {
            const { ok } = await fetch(`${stage.emulator.url}/_control/columns/${table}/${column}`, {
              method: 'DELETE',
            });
            if (!ok) throw new Error(`${column} is still there`);
          });
        },
      },
      close: async () => void (await Promise.all(undo.map((step) => step()))),
    };
  });

  describe('of one organisation', () => {
    const describeTable = (table: string, columns: readonly string[] | null): Promise<TableDescription> =>
      stage.dynamics.describe({ table, columns }, never);
    const docOf = async (table: string, column: string) =>
      (await describeTable(table, [column])).definition.fields[0];

    it.each([
      'lead',
      'contact',
      'account',
      'systemuser',
      'team',
      'teammembership',
      'opportunity',
      'connection',
      'connectionrole',
      'campaign',
    ])('describes every column of the table %s so that the table can be read with them', async (table) => {
      const { definition, metadataVersion } = await describeTable(table, null);
      const page = await stage.dynamics.readPage(definition, null, never);

      expect(definition.fields.length).toBeGreaterThan(0);
      expect(page).toMatchObject({ complete: true, refused: [], metadataVersion });
      expect(metadataVersion).not.toBeNull();
      expect(page.mark).toBeGreaterThan(0);
    });

    it.each([
      ['lead', 'estimatedclosedate', 'date', /DateOnly/],
      ['lead', 'createdon', 'timestamp', /DateTime: UserLocal/],
      ['lead', 'customerid', 'lookup', /Customer: to account, contact/],
      ['lead', 'ownerid', 'lookup', /Owner: to systemuser, team/],
      ['lead', 'leadqualitycode', 'option', /Picklist: 1 Hot, 2 Warm, 3 Cold/],
      ['lead', 'statecode', 'option', /State: 0 Open, 1 Qualified, 2 Disqualified/],
      ['lead', 'donotemail', 'boolean', /Boolean: 0 Allow, 1 Do Not Allow/],
      ['lead', 'revenue', 'decimal', /Money: decimals of the currency/],
      ['lead', 'lastname', 'string', /^Last Name\. String: up to \d+ characters$/],
      ['lead', 'leadid', 'string', /Uniqueidentifier/],
      ['lead', 'versionnumber', 'integer', /BigInt/],
    ] as const)('says of %s.%s that it is a %s, and more', async (table, column, type, doc) => {
      const field = await docOf(table, column);

      expect(field).toMatchObject({ name: column, type });
      expect(field?.doc).toMatch(doc);
    });

    it('asks once for the columns and once for each type among them', async () => {
      const before = stage.requests.length;
      await describeTable('lead', ['lastname', 'firstname', 'leadsourcecode', 'industrycode']);

      const asked = stage.requests.slice(before);
      expect(asked.map(({ operation }) => operation)).toEqual(Array.from({ length: 5 }, () => 'describe'));
    });

    it('names the privilege that is missing', async () => {
      await stage.control('settings', { missingPrivileges: ['prvReadContact'] });

      await expect(describeTable('contact', null)).rejects.toMatchObject({
        code: 'DYNAMICS_FORBIDDEN',
        details: { table: 'contact', privilege: expect.stringMatching(/^prvReadContact$/i) },
      });
      await stage.control('settings', { missingPrivileges: [] });
    });

    it('notices that not all rows may be read', async () => {
      await stage.control('settings', { readScopes: { contact: 'user' } });

      await expect(describeTable('contact', null)).rejects.toMatchObject({ code: 'DYNAMICS_FORBIDDEN' });
      await stage.control('settings', { readScopes: {} });
    });

    it('tells no version of the metadata when the server does not', async () => {
      await stage.control('settings', { hasGlobalMetadataVersion: false });

      expect((await describeTable('contact', ['lastname'])).metadataVersion).toBeNull();
      await stage.control('settings', { hasGlobalMetadataVersion: true });
    });

    it('says that change tracking is off for a table', async () => {
      await expect(describeTable('organization', null)).rejects.toMatchObject({
        code: 'DYNAMICS_TRACKING_OFF',
        details: { table: 'organization' },
      });
    });
  });
});
