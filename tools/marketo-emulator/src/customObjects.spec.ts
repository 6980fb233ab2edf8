import type { TestClient } from './testClient.ts';
import { withEmulator } from './testClient.ts';
import { codes, sync } from './testObjects.ts';

const car = { apiName: 'car', displayName: 'Car', description: 'Automobile owned' };
const carFields = [
  { name: 'vin', displayName: 'VIN', dataType: 'string', isDedupeField: true },
  { name: 'leadID', displayName: 'Lead Id', dataType: 'link', relatedTo: { name: 'lead', field: 'Id' } },
  { name: 'year', displayName: 'Year', dataType: 'integer' },
];

async function schema(client: TestClient, path: string, body: object = {}): Promise<string> {
  const answer = await client.post(`customobjects/schema${path}.json`, body);
  return answer.errors?.[0]?.code ?? 'done';
}

async function withCars(test: (client: TestClient, leadId: number) => Promise<void>): Promise<void> {
  await withEmulator(async (client) => {
    const [person] = await client.upsert([{ email: 'a@x.co' }]);
    expect(await schema(client, '', car)).toBe('done');
    expect(await schema(client, '/car/addField', { input: carFields })).toBe('done');
    expect(await schema(client, '/car/approve')).toBe('done');
    await test(client, person?.id ?? 0);
  });
}

test('a custom object type is a draft until approved, and only then has records and a place in the list', () =>
  withEmulator(async (client) => {
    const record = { input: [{ vin: 'V-1' }] };
    await schema(client, '', car);
    const draft = await client.get('customobjects/schema/car/describe.json');
    const early = await client.post('customobjects/car.json', record);
    await schema(client, '/car/addField', { input: carFields });
    const approval = await schema(client, '/car/approve');

    expect(draft.result).toMatchObject([
      { state: 'draft', version: 'draft', idField: null, createdAt: null, dedupeFields: [] },
    ]);
    expect([early.errors?.[0]?.code, approval]).toEqual(['1013', 'done']);
    expect((await client.post('customobjects/car.json', record)).result).toMatchObject([
      { status: 'created' },
    ]);
    const list = await client.get('customobjects.json?names=car,bike');
    expect(list.result).toMatchObject([
      { name: 'car', dedupeFields: ['vin'], relationships: [{ field: 'leadID' }] },
    ]);
  }));

test('a custom object is described with its keys, link and the type of what it links to', () =>
  withCars(async (client) => {
    const { result } = await client.get('customobjects/car/describe.json');

    expect(result).toMatchObject([
      {
        name: 'car',
        idField: 'marketoGUID',
        searchableFields: [['vin'], ['marketoGUID'], ['leadID']],
        relationships: [{ field: 'leadID', type: 'child', relatedTo: { name: 'lead', field: 'id' } }],
      },
    ]);
    expect(result?.[0]?.['fields']).toContainEqual({
      name: 'leadID',
      displayName: 'Lead Id',
      dataType: 'integer',
      updateable: true,
      crmManaged: false,
    });
  }));

test('a record whose link names no person is skipped with 1004, its neighbours are written', () =>
  withCars(async (client, leadId) => {
    const outcomes = await sync(client, 'customobjects/car.json', [
      { vin: 'V-1', leadID: leadId, year: 2003 },
      { vin: 'V-2', leadID: 1 },
      { vin: 'V-3', colour: 'red' },
    ]);

    expect(codes(outcomes)).toEqual([undefined, '1004', '1006']);
    const found = await client.get(
      `customobjects/car.json?filterType=leadID&filterValues=${leadId}&fields=vin,year`,
    );
    expect(found.result).toMatchObject([{ seq: 0, vin: 'V-1', year: 2003 }]);
    const gone = await sync(client, 'customobjects/car/delete.json', [{ vin: 'V-1' }, { vin: 'V-2' }]);
    expect(codes(gone)).toEqual([undefined, '1013']);
  }));

test('a bridge with a compound key links persons to another custom object', () =>
  withCars(async (client, leadId) => {
    await schema(client, '', { apiName: 'course', displayName: 'Course' });
    const key = { name: 'courseID', displayName: 'Course Id', dataType: 'string', isDedupeField: true };
    await schema(client, '/course/addField', { input: [key] });
    await schema(client, '/course/approve');
    await schema(client, '', { apiName: 'seat', displayName: 'Seat' });
    const link = (name: string, parent: string, field: string): object => ({
      name,
      displayName: name,
      dataType: 'link',
      isDedupeField: true,
      relatedTo: { name: parent, field },
    });
    const fields = [link('person', 'lead', 'id'), link('course', 'course', 'courseID')];
    expect(await schema(client, '/seat/addField', { input: fields })).toBe('done');
    await schema(client, '/seat/approve');
    await sync(client, 'customobjects/course.json', [{ courseID: 'C-1' }]);
    const seats = [
      { person: leadId, course: 'C-1' },
      { person: leadId, course: 'C-2' },
    ];

    expect(codes(await sync(client, 'customobjects/seat.json', seats))).toEqual([undefined, '1004']);
    const query = { filterType: 'dedupeFields', fields: ['course'], input: seats };
    const found = await client.post('customobjects/seat.json?_method=GET', query);
    expect(found.result).toMatchObject([{ course: 'C-1' }]);
    expect(await schema(client, '/course/delete')).toBe('1022');
    const nested = [link('seat', 'seat', 'person')];
    await schema(client, '', { apiName: 'deep', displayName: 'Deep' });
    expect(await schema(client, '/deep/addField', { input: nested })).toBe('1003');
  }));

test('changes of an approved type wait in a draft, and keys and links stay as they are', () =>
  withCars(async (client) => {
    const colour = { name: 'colour', displayName: 'Colour', dataType: 'string' };
    await schema(client, '/car/addField', { input: [colour] });
    const state = async (): Promise<unknown> =>
      (await client.get('customobjects/schema/car/describe.json')).result?.[0];
    const red = [{ vin: 'V-1', colour: 'red' }];

    expect(await state()).toMatchObject({ state: 'approvedWithDraft', version: 'approved' });
    expect(codes(await sync(client, 'customobjects/car.json', red))).toEqual(['1006']);
    await schema(client, '/car/approve');
    expect(await state()).toMatchObject({ state: 'approved' });
    expect(codes(await sync(client, 'customobjects/car.json', red))).toEqual([undefined]);
    expect(await schema(client, '/car/deleteField', { input: [{ name: 'vin' }] })).toBe('1003');
    expect(await schema(client, '/car/addField', { input: [{ ...carFields[1], name: 'b' }] })).toBe('1003');
    expect(await schema(client, '', { ...car, displayName: 'Vehicle' })).toBe('1003');
    expect(await schema(client, '/car/colour/updateField', { dataType: 'text' })).toBe('done');
    expect(await schema(client, '/car/discardDraft')).toBe('done');
    expect(await schema(client, '/car/discardDraft')).toBe('1048');
  }));

test('there are at most ten types with fifty fields and three keys, each name once', () =>
  withEmulator(async (client) => {
    const field = (index: number): object => ({
      name: `f${index}`,
      displayName: `F ${index}`,
      dataType: 'string',
    });
    const fields = Array.from({ length: 51 }, (_value, index) => field(index));
    const types: string[] = [];
    for (let index = 0; index < 11; index += 1) {
      types.push(await schema(client, '', { apiName: `t${index}`, displayName: `T ${index}` }));
    }
    const keys = fields.slice(0, 4).map((row) => ({ ...row, isDedupeField: true }));

    expect(types.filter((code) => code === 'done')).toHaveLength(10);
    expect(types.at(-1)).toBe('1003');
    expect(await schema(client, '', { action: 'createOnly', apiName: 't1', displayName: 'T' })).toBe('1017');
    expect(await schema(client, '/t0/addField', { input: fields })).toBe('1003');
    expect(await schema(client, '/t0/approve')).toBe('1003');
    await schema(client, '/t0/addField', { input: keys });
    expect(await schema(client, '/t0/addField', { input: [keys[0]] })).toBe('1017');
    expect(await schema(client, '/t0/approve')).toBe('1003');
  }));

test('a subscription without the metadata API answers 616, and its existing types go on', () =>
  withCars(async (client) => {
    await client.control('POST', 'settings', { customObjectMetadata: false });

    expect((await client.get('customobjects/schema.json')).errors?.[0]?.code).toBe('616');
    expect((await client.get('customobjects.json')).result).toHaveLength(1);
  }));

test('data types and linkable objects can be listed, and an unknown type is 1013', () =>
  withCars(async (client) => {
    const types = await client.get('customobjects/schema/fieldDataTypes.json');
    const parents = await client.get<{ name: string }>('customobjects/schema/linkableObjects.json');

    expect(types.result).toContain('link');
    // A car has a link of its own, so nothing can link to it.
    expect(parents.result?.map(({ name }) => name)).toEqual(['lead', 'company']);
    expect((await client.get('customobjects/bike/describe.json')).errors?.[0]?.code).toBe('1013');
  }));
