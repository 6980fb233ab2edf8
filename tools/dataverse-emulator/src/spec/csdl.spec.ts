import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { xml2json } from 'odata-csdl';
import { operations } from '../api/operations.ts';
import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

type Model = Record<string, Record<string, unknown>>;

interface Parsed {
  readonly model: Record<string, unknown>;
  readonly types: Model;
}

const schemaFile = require.resolve('odata-csdl/schemas/csdl.schema.json');

const isCsdl = new Ajv({ strict: false, validateFormats: false }).compile(
  JSON.parse(readFileSync(schemaFile, 'utf8')) as object,
);

/**
 * Parses as strictly as the parser can, then checks the result against the standard's JSON schema, which spells the
 * variable scale in lower case; the service does not (dataverse facts 2.2).
 */
async function parsed(query = ''): Promise<Parsed> {
  const { text, headers } = await client.call(`$metadata${query}`);
  expect([headers['content-type'], text.includes('Scale="Variable"')]).toEqual(['application/xml', true]);
  const model = xml2json(text.replaceAll('Scale="Variable"', 'Scale="variable"'), { strict: true });
  expect([isCsdl(model), isCsdl.errors]).toEqual([true, null]);
  return { model, types: model['Microsoft.Dynamics.CRM'] as Model };
}

describe('the CSDL document', () => {
  it('declares tables as entity types that a strict parser and the schema of the standard accept', async () => {
    const { types } = await parsed();
    expect(types['crmbaseentity']).toMatchObject({ $Abstract: true });
    expect(types['expando']).toMatchObject({ $OpenType: true });
    expect(types['lead']).toMatchObject({
      $BaseType: expect.stringContaining('crmbaseentity') as string,
      $Key: ['leadid'],
      estimatedclosedate: { $Type: 'Edm.Date' },
      revenue: { $Type: 'Edm.Decimal' },
      versionnumber: { $Type: 'Edm.Int64' },
      _parentaccountid_value: { $Type: 'Edm.Guid' },
    });
    expect(types['lead']).not.toHaveProperty('leadsourcecodename');
  });

  it('makes users and teams principals, whose key is the owner', async () => {
    const { types } = await parsed();
    expect(types['principal']).toMatchObject({ $Key: ['ownerid'] });
    for (const name of ['systemuser', 'team']) {
      expect(types[name]).toMatchObject({ $BaseType: expect.stringContaining('principal') as string });
      expect(types[name]).not.toHaveProperty('$Key');
    }
    expect(types['lead']?.['ownerid']).toMatchObject({
      $Type: expect.stringContaining('principal') as string,
    });
  });

  it('names the partner and the constraint of every navigation property, and both exist', async () => {
    const { types } = await parsed();
    const account = types['lead']?.['parentaccountid'] as Record<string, unknown>;
    expect(account).toMatchObject({
      $Partner: 'lead_parent_account',
      $ReferentialConstraint: { _parentaccountid_value: 'accountid' },
    });
    const navigations = Object.values(types).flatMap((type) =>
      Object.values(type).filter(
        (each): each is Record<string, string> => Object(each) === each && '$Partner' in (each as object),
      ),
    );
    expect(navigations.length).toBeGreaterThan(300);
    const isAnswered = ({ $Partner: partner = '', $Type: target = '' }: Record<string, string>): boolean =>
      typeof types[target.replace(/^.*\./, '')]?.[partner] === 'object';
    expect(navigations.filter((each) => !isAnswered(each))).toEqual([]);
  });

  it('has a set for every entry of the service document, with bindings', async () => {
    const { types } = await parsed();
    const { body } = await client.call('');
    const sets = types['System'] ?? {};
    for (const { name } of body.value) expect(sets).toHaveProperty(String(name));
    expect(sets['leads']).toMatchObject({ $NavigationPropertyBinding: { parentaccountid: 'accounts' } });
    expect(sets).toHaveProperty('WhoAmI');
  });

  it('declares every action and function that is answered, with types that are declared too', async () => {
    const { types } = await parsed();
    const isOperation = (value: unknown): boolean =>
      Array.isArray(value) &&
      value.some(({ $Kind: kind }: { $Kind: string }) => /Action|Function/.test(kind));
    const declared = Object.keys(types).filter((name) => isOperation(types[name]));
    // DeleteMultiple is for elastic tables, of which there is none.
    const answered = [...operations.keys()].filter((name) => name !== 'DeleteMultiple');
    expect(declared.sort()).toEqual(answered.sort());
    const named = JSON.stringify(types).matchAll(/"\$Type":"(?:mscrm|Microsoft\.Dynamics\.CRM)\.(\w+)"/g);
    expect([...named].map(([, name = '']) => name).filter((name) => !(name in types))).toEqual([]);
    expect(types['System']).toMatchObject({
      Merge: { $Action: expect.stringContaining('Merge') as string },
      RetrieveMetadataChanges: { $Function: expect.stringContaining('RetrieveMetadataChanges') as string },
    });
  });

  it('carries annotations only when asked, and marks tracked sets', async () => {
    const plain = (await client.call('$metadata')).text;
    expect(plain).not.toContain('<Annotation');
    const { types } = await parsed('?annotations=true');
    const term = '@Org.OData.Capabilities.V1.ChangeTracking';
    const sets = types['System'] as Model;
    const marked = (set: string): unknown => sets[set]?.[term] ?? sets[set]?.['@Capabilities.ChangeTracking'];
    expect(marked('leads')).toEqual({ Supported: true });
    expect(marked('organizations')).toBeUndefined();
  });

  it('shows a column that was added at run time', async () => {
    const type = 'Microsoft.Dynamics.CRM.DecimalAttributeMetadata';
    const column = { '@odata.type': type, SchemaName: 'new_Height' };
    await client.control('columns', { table: 'contact', column });
    expect((await parsed()).types['contact']).toHaveProperty('new_height');
  });
});
