import { startClient, type OrganizationClient } from './organizationClient.ts';

let client: OrganizationClient;
let contactIds: string[] = [];

beforeAll(async () => {
  client = await startClient({ now: () => Date.UTC(2026, 10, 22, 12, 0, 0) });
  contactIds = await client.seed('contact', [
    { lastname: 'Aalto', emailaddress1: 'aalto@contoso.example', createdon: '2026-11-22T10:00:00Z' },
    { lastname: 'Berg', emailaddress1: 'berg@fabrikam.example', createdon: '2026-11-21T23:00:00Z' },
  ]);
  const account = (name: string, fields: Record<string, unknown>): Record<string, unknown> => ({
    name,
    ...fields,
  });
  const ids = await client.seed('account', [
    account('Contoso', { numberofemployees: 5, revenue: 10.5, _primarycontactid_value: contactIds[0] }),
    account("O'Brien", { numberofemployees: 50, donotemail: true, _primarycontactid_value: contactIds[1] }),
    account('Fabrikam', { numberofemployees: 500, createdon: '2026-10-01T00:00:00Z' }),
  ]);
  await client.control('edits', {
    table: 'contact',
    id: contactIds[1],
    fields: {
      _parentcustomerid_value: ids[2],
      '_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname': 'account',
    },
  });
});
afterAll(() => client.close());

async function names(query: string, set = 'accounts', column = 'name'): Promise<unknown[]> {
  const { body, text } = await client.call(
    `${set}?$select=${column}&$orderby=${column}&$filter=${encodeURIComponent(query)}`,
  );
  if ('error' in body) throw new Error(text);
  return body.value.map((row) => row[column]);
}

describe('filters', () => {
  // The part after a second question mark was lost: the URL class leaves one in a query as it is.
  it('may hold a question mark that is not encoded', async () => {
    await client.seed('campaign', [{ name: 'Who?' }]);
    const { body } = await client.call("campaigns?$select=name&$filter=name%20eq%20'Who?'");
    expect(body.value.map((row) => row['name'])).toEqual(['Who?']);
  });

  it.each([
    ["name eq 'contoso'", ['Contoso']],
    ["name ne 'Contoso'", ['Fabrikam', "O'Brien"]],
    ["name in ('Contoso','Fabrikam')", ['Contoso', 'Fabrikam']],
    ["contains(name,'BRI')", ['Fabrikam', "O'Brien"]],
    ["startswith(name,'o''')", ["O'Brien"]],
    ["startswith(name,'%BRI')", ['Fabrikam', "O'Brien"]],
    ["endswith(name,'[a-m]_')", ['Fabrikam', "O'Brien"]],
    ["contains(name,'n[^o]')", ['Contoso']],
    ["contains(name,'.')", []],
    ["endswith(name,'OSO') or numberofemployees ge 500", ['Contoso', 'Fabrikam']],
    ['not (numberofemployees lt 500)', ['Fabrikam']],
    ["(name eq 'Contoso' or name eq 'Fabrikam') and numberofemployees le 5", ['Contoso']],
    ["name eq 'Contoso' or name eq 'Fabrikam' and numberofemployees eq 1", ['Contoso']],
    ['revenue eq 10.50', ['Contoso']],
    ['donotemail eq true', ["O'Brien"]],
    ['_primarycontactid_value eq null', ['Fabrikam']],
    ["primarycontactid/lastname eq 'Berg'", ["O'Brien"]],
    ["contact_customer_accounts/any(c:contains(c/emailaddress1,'fabrikam'))", ['Fabrikam']],
    ['contact_customer_accounts/any()', ['Fabrikam']],
    ["not contact_customer_accounts/any(c:c/lastname ne 'Aalto')", ['Contoso', "O'Brien"]],
    ["contact_customer_accounts/all(c:c/lastname eq 'Aalto')", ['Contoso', "O'Brien"]],
    ['createdon lt 2026-10-02', ['Fabrikam']],
    ['createdon lt modifiedon', ['Fabrikam']],
    ['name eq accountnumber', []],
    ['createdon ge 2026-10-01T02:00:00+02:00 and createdon le 2026-10-01', ['Fabrikam']],
    [
      "Microsoft.Dynamics.CRM.In(PropertyName='numberofemployees',PropertyValues=['5','50'])",
      ['Contoso', "O'Brien"],
    ],
    [
      'Microsoft.Dynamics.CRM.NotIn(PropertyName=\'numberofemployees\',PropertyValues=["5","50"])',
      ['Fabrikam'],
    ],
    [
      'Microsoft.Dynamics.CRM.Between(PropertyName=\'numberofemployees\',PropertyValues=["6","60"])',
      ["O'Brien"],
    ],
    [
      "Microsoft.Dynamics.CRM.ContainValues(PropertyName='businesstypecode',PropertyValues=['1']) and numberofemployees eq 5",
      ['Contoso'],
    ],
    ["Microsoft.Dynamics.CRM.DoesNotContainValues(PropertyName='businesstypecode',PropertyValues=['1'])", []],
    ["Microsoft.Dynamics.CRM.On(PropertyName='createdon',PropertyValue='2026-10-01')", ['Fabrikam']],
    [
      "Microsoft.Dynamics.CRM.OnOrAfter(PropertyName='createdon',PropertyValue='2026-11-22')",
      ['Contoso', "O'Brien"],
    ],
    ["Microsoft.Dynamics.CRM.OnOrBefore(PropertyName='createdon',PropertyValue='2026-10-01')", ['Fabrikam']],
    ["Microsoft.Dynamics.CRM.OlderThanXMonths(PropertyName='createdon',PropertyValue=1)", ['Fabrikam']],
  ])('finds accounts where %s', async (query, expected) => {
    expect(await names(query)).toEqual(expected);
  });

  it.each([
    ['LastXHours', 3, ['Aalto']],
    ['LastXDays', 1, ['Aalto', 'Berg']],
    ['NextXDays', 1, []],
    ['Today', undefined, ['Aalto']],
    ['Yesterday', undefined, ['Berg']],
  ])('knows the relative date %s', async (name, value, expected) => {
    const parameter = value === undefined ? '' : `,PropertyValue=${value}`;
    const query = `Microsoft.Dynamics.CRM.${name}(PropertyName='createdon'${parameter})`;
    expect(await names(query, 'contacts', 'lastname')).toEqual(expected);
  });

  it('takes a row by its id and values from parameter aliases', async () => {
    const { body } = await client.call(
      `contacts?$filter=contactid eq ${contactIds[0]} and lastname eq @name&@name='Aalto'`.replaceAll(
        ' ',
        '%20',
      ),
    );
    expect(body.value.map((row) => row['contactid'])).toEqual([contactIds[0]]);
  });
});

describe('expansion', () => {
  it('brings single-valued and collection-valued relations, two levels deep', async () => {
    const expand =
      'primarycontactid($select=lastname),contact_customer_accounts($select=lastname;$filter=statecode eq 0;$orderby=lastname desc;$top=1;$expand=parentcustomerid_account($select=name))';
    const { body } = await client.call(
      `accounts?$select=name&$orderby=name&$expand=${encodeURIComponent(expand)}`,
    );
    expect(body.value.map((row) => row['primarycontactid'])).toEqual([
      expect.objectContaining({ lastname: 'Aalto', contactid: contactIds[0] }),
      null,
      expect.objectContaining({ lastname: 'Berg' }),
    ]);
    expect(body.value[1]?.['contact_customer_accounts']).toEqual([
      expect.objectContaining({
        lastname: 'Berg',
        parentcustomerid_account: expect.objectContaining({ name: 'Fabrikam' }) as unknown,
      }),
    ]);
    expect(String(body['@odata.context'])).toContain('#accounts(name,primarycontactid(lastname)');
  });

  it('goes no deeper than two levels', async () => {
    const expand = 'primarycontactid($expand=parentcustomerid_account($expand=primarycontactid))';
    expect((await client.call(`accounts?$expand=${expand}`)).status).toBe(400);
  });
});

describe('order and pages', () => {
  it('orders by several columns, also of related rows', async () => {
    const ordered = async (order: string): Promise<unknown[]> =>
      (await client.call(`accounts?$select=name&$orderby=${encodeURIComponent(order)}`)).body.value.map(
        (row) => row['name'],
      );
    expect(await ordered('statecode,numberofemployees desc')).toEqual(['Fabrikam', "O'Brien", 'Contoso']);
    expect(await ordered('primarycontactid/lastname desc')).toEqual(["O'Brien", 'Contoso', 'Fabrikam']);
  });

  it.each([
    ['by key', ''],
    ['by version', '&$orderby=versionnumber'],
    ['newest first', '&$orderby=versionnumber desc'],
    ['by version after a version', '&$filter=versionnumber gt 5&$orderby=versionnumber'],
    ['by key after a version', '&$filter=versionnumber ge 5'],
    ['with a filter', "&$filter=companyname eq 'Pages'"],
  ])('gives every row once, %s', async (_what, query) => {
    const company = { companyname: 'Pages' };
    await client.seed(
      'lead',
      Array.from({ length: 7 }, (_, index) => ({ lastname: `L${index}`, ...company })),
    );
    const seen: unknown[] = [];
    const headers = { prefer: 'odata.maxpagesize=3' };
    const links: string[] = [];
    for (let next: unknown = `leads?$select=leadid${encodeURI(query)}`; typeof next === 'string';) {
      const { body } = await client.call(next, { headers });
      seen.push(...body.value.map((row) => row['leadid']));
      next = body['@odata.nextLink'];
      if (typeof next === 'string') links.push(next);
    }
    const { body } = await client.call('leads?$count=true&$select=leadid');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe(body['@odata.count']);
    const cookie = decodeURIComponent(new URL(links[0] ?? '').searchParams.get('$skiptoken') ?? '');
    expect(cookie).toMatch(/^<cookie pagenumber="2" pagingcookie=".*" istracking="False" \/>$/);
  });

  it.each([
    ['column', 'companyname%20desc,lastname'],
    ['version, the newest first', 'versionnumber%20desc'],
    ['related column', 'owninguser/fullname,lastname'],
  ])('loses no row in the order of a %s when rows of earlier pages go', async (_what, order) => {
    const fields = ['A', 'B', 'C', 'D', 'E'].map((lastname) => ({ lastname, companyname: 'Going' }));
    await client.seed('lead', fields);
    const headers = { prefer: 'odata.maxpagesize=2' };
    const target = `leads?$select=lastname&$filter=companyname%20eq%20'Going'&$orderby=${order}`;
    const seen: unknown[] = [];
    for (let next: unknown = target; typeof next === 'string';) {
      const { body } = await client.call(next, { headers });
      seen.push(...body.value.map(({ lastname }) => lastname));
      for (const { leadid } of body.value) await client.control('deletes', { table: 'lead', id: leadid });
      next = body['@odata.nextLink'];
    }
    expect(seen.sort()).toEqual(['A', 'B', 'C', 'D', 'E']);
  });

  it.each([
    'contacts?fetchXml=<fetch/>',
    'contacts?savedQuery=00000000-0000-0000-0000-000000000001',
    'contacts?userQuery=00000000-0000-0000-0000-000000000001',
    'accounts?$expand=contact_customer_accounts($top=some)',
  ])('refuses %s instead of answering other rows', async (target) => {
    const { status, code } = await client.call(encodeURI(target));
    expect([status, code]).toEqual([400, '0x80040203']);
  });

  it('stops counting at 5,000 and says so in annotations', async () => {
    await client.control('generate', { table: 'contact', count: 5001 });
    const headers = { prefer: 'odata.maxpagesize=1,odata.include-annotations="*"' };
    const { body } = await client.call('contacts?$count=true&$select=lastname', { headers });
    expect(body).toMatchObject({
      '@odata.count': 5000,
      '@Microsoft.Dynamics.CRM.totalrecordcount': 5000,
      '@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded': true,
    });
    const unasked = await client.call('contacts?$select=lastname&$top=1', { headers });
    expect(unasked.body['@Microsoft.Dynamics.CRM.totalrecordcount']).toBe(-1);
    expect((await client.call('contacts/$count')).text).toBe('5000');
    expect((await client.call("contacts/$count?$filter=lastname%20eq%20'Aalto'")).text).toBe('1');
  });
});
