import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.close());

describe('queries', () => {
  it('finds rows by value, version and time, ordered and limited', async () => {
    await client.seed('account', [
      { name: 'Contoso', numberofemployees: 5, modifiedon: '2026-01-01T00:00:00Z' },
      { name: "O'Brien", numberofemployees: 50, modifiedon: '2026-02-01T00:00:00Z' },
      { name: 'Fabrikam', numberofemployees: 500, modifiedon: '2026-03-01T00:00:00Z' },
    ]);
    const names = async (query: string): Promise<unknown[]> =>
      (await client.call(`accounts?$select=name,versionnumber&${encodeURI(query)}`)).body.value.map(
        (row) => row['name'],
      );
    expect(await names("$filter=name eq 'O''Brien'")).toEqual(["O'Brien"]);
    expect(await names('$filter=modifiedon ge 2026-02-01T00:00:00Z&$orderby=modifiedon')).toEqual([
      "O'Brien",
      'Fabrikam',
    ]);
    expect(await names('$orderby=versionnumber desc&$top=1')).toEqual(['Fabrikam']);
    const { body } = await client.call("accounts?$filter=name%20eq%20'Contoso'");
    const after = `$filter=versionnumber gt ${String(body.value[0]?.['versionnumber'])} and statecode eq 0`;
    expect(await names(`${after}&$orderby=versionnumber`)).toEqual(["O'Brien", 'Fabrikam']);
  });

  it.each([
    ["$filter=contains(name,'x'", '0x80048d19'],
    ["$filter=contains(numberofemployees,'x')", '0x80048d19'],
    ['$filter=nosuch eq 1', '0x80048d19'],
    ["$filter=numberofemployees eq 'five'", '0x80048d19'],
    ['$filter=name eq 5', '0x80048d19'],
    ['$filter=primarycontactid/nosuch eq 1', '0x80048d19'],
    ["$filter=Microsoft.Dynamics.CRM.NoSuch(PropertyName='name')", '0x80040203'],
    ['$select=nosuch', '0x80048d19'],
    ['$orderby=nosuch', '0x80048d19'],
    ['$expand=nosuch', '0x80048d19'],
    ['$apply=x', '0x80040203'],
    ['$skip=1', '0x80040203'],
    ['$skiptoken=x', '0x80041129'],
  ])('refuses %s', async (query, code) => {
    const answer = await client.call(`accounts?${encodeURI(query)}`);
    expect([answer.status, answer.code]).toEqual([400, code]);
  });

  it('pages an ordinary query without losing or repeating a row', async () => {
    await client.seed(
      'contact',
      Array.from({ length: 5 }, (_, index) => ({ lastname: `C${index}` })),
    );
    const seen: unknown[] = [];
    const prefer = 'odata.maxpagesize=2';
    for (
      let next: unknown = 'contacts?$select=lastname&$orderby=lastname&$count=true';
      typeof next === 'string';
    ) {
      const { body } = await client.call(next, { headers: { prefer } });
      expect(body['@odata.count']).toBe(5);
      seen.push(...body.value.map((row) => row['lastname']));
      next = body['@odata.nextLink'];
    }
    expect(seen).toEqual(['C0', 'C1', 'C2', 'C3', 'C4']);
    expect((await client.call('contacts/$count')).text).toBe('5');
  });
});

describe('metadata', () => {
  it('lists the entity sets in the service document', async () => {
    const { body } = await client.call('');
    expect(body.value).toContainEqual({ name: 'leads', kind: 'EntitySet', url: 'leads' });
  });

  it('describes a table, its attributes and its relations', async () => {
    const { body } = await client.call(
      "EntityDefinitions(LogicalName='lead')?$select=ChangeTrackingEnabled,EntitySetName,PrimaryIdAttribute&$expand=Attributes,ManyToOneRelationships",
    );
    expect(body).toMatchObject({
      ChangeTrackingEnabled: true,
      EntitySetName: 'leads',
      PrimaryIdAttribute: 'leadid',
    });
    expect('SchemaName' in body).toBe(false);
    expect(body['Attributes']).toContainEqual(
      expect.objectContaining({ LogicalName: 'firstname', AttributeType: 'String', MaxLength: 50 }),
    );
    expect(body['ManyToOneRelationships']).toContainEqual(
      expect.objectContaining({ ReferencingEntityNavigationPropertyName: 'customerid_account' }),
    );
  });

  it('gives option sets through the casts', async () => {
    const cast = async (type: string): Promise<Record<string, unknown>[]> =>
      (
        await client.call(
          `EntityDefinitions(LogicalName='lead')/Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata?$select=LogicalName&$expand=OptionSet`,
        )
      ).body.value;
    const rating = (await cast('Picklist')).find((item) => item['LogicalName'] === 'leadqualitycode');
    expect(JSON.stringify(rating?.['OptionSet'])).toContain(
      '"Value":1,"Label":{"LocalizedLabels":[{"Label":"Hot"',
    );
    expect(JSON.stringify(await cast('Status'))).toContain('"State":2');
    expect(JSON.stringify(await cast('State'))).toContain('"DefaultStatus":3');
  });
});
