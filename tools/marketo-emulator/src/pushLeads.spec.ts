import type { Envelope, RecordOutcome, TestClient } from './testClient.ts';
import { tokenSince, withEmulator } from './testClient.ts';

async function rowsOf(
  client: TestClient,
  types: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const token = await tokenSince(client);
  return (await client.get(`activities.json?activityTypeIds=${types}&nextPageToken=${token}`)).result ?? [];
}

const statusesOf = ({ result = [] }: Envelope<RecordOutcome>) => result.map(({ status }) => status);
const codeOf = ({ errors }: Envelope<unknown>) => errors?.[0]?.code;

test('push upserts and leaves a Push Lead row on each person that went through', () =>
  withEmulator(async (client) => {
    const [known] = await client.upsert([{ email: 'a@x.co' }]);
    const input = [{ email: 'a@x.co', city: 'Ulm' }, { email: 'b@x.co' }, { email: 'bad' }];
    const body = { programName: 'Fair', source: 'Stand', reason: 'Badge', input };
    const answer = await client.post<RecordOutcome>('leads/push.json', body);

    expect(statusesOf(answer)).toEqual(['updated', 'created', 'skipped']);
    const rows = await rowsOf(client, '145');
    expect(rows.map(({ leadId }) => leadId)).toEqual([known?.id, answer.result?.[1]?.id]);
    expect(rows[0]).toMatchObject({
      primaryAttributeValue: 'Fair',
      attributes: [
        { name: 'Reason', value: 'Badge' },
        { name: 'Source', value: 'Stand' },
      ],
    });
    expect(rows[1]?.['primaryAttributeValueId']).toBe(rows[0]?.['primaryAttributeValueId']);
    expect(codeOf(await client.post('leads/push.json', { input }))).toBe('1002');
  }));

test('push finds by lookupField and puts new persons into the named partition', () =>
  withEmulator(async (client) => {
    await client.control('POST', 'partitions', { name: 'Europe' });
    const input = [{ crmId: 'C-1', city: 'Ulm' }];
    const body = { programName: 'Fair', lookupField: 'crmId', partitionName: 'Europe', input };

    expect(statusesOf(await client.post('leads/push.json', body))).toEqual(['created']);
    expect(statusesOf(await client.post('leads/push.json', body))).toEqual(['updated']);
    const found = await client.get('leads.json?filterType=crmId&filterValues=C-1&fields=leadPartitionId');
    expect(found.result?.map((row) => row['leadPartitionId'])).toEqual([2]);
  }));

test('a form creates or updates one person and leaves Fill Out Form, with the page as the reason of its changes', () =>
  withEmulator(async (client) => {
    const fill = (city: string) => ({
      formId: 1029,
      input: [{ leadFormFields: { email: 'a@x.co', city }, visitorData: { pageURL: 'https://x.co/form' } }],
    });
    const statuses = [fill('Ulm'), fill('Bonn')].map(async (body) =>
      statusesOf(await client.post('leads/submitForm.json', body)),
    );

    expect((await Promise.all(statuses)).flat()).toEqual(['created', 'updated']);
    const rows = await rowsOf(client, '2,12,13');
    expect(rows.map(({ activityTypeId }) => activityTypeId)).toEqual([12, 2, 13, 2]);
    expect(rows[0]?.['attributes']).toContainEqual({ name: 'Source Type', value: 'Web form fillout' });
    expect(rows[1]).toMatchObject({ primaryAttributeValueId: 1029 });
    expect(rows[2]?.['attributes']).toEqual([
      { name: 'New Value', value: 'Bonn' },
      { name: 'Old Value', value: 'Ulm' },
      { name: 'Reason', value: 'Form fill-out, URL: https://x.co/form' },
      { name: 'Source', value: 'Web form fillout' },
    ]);
  }));

test('of duplicates a form updates the one that was updated last', () =>
  withEmulator(async (client) => {
    const duplicate = { action: 'createDuplicate' };
    const [first] = await client.upsert([{ email: 'a@x.co' }], duplicate);
    await client.upsert([{ email: 'a@x.co' }], duplicate);
    await client.control('POST', 'clock', { advanceMs: 60_000 });
    await client.control('POST', 'edits', { id: first?.id, fields: { city: 'Rome' } });
    const input = [{ leadFormFields: { email: 'a@x.co', city: 'Ulm' } }];
    const answer = await client.post<RecordOutcome>('leads/submitForm.json', { formId: 1, input });

    expect(answer.result).toEqual([{ id: first?.id, status: 'updated' }]);
  }));

test('a form takes one record of known fields, with an email, and a form id', () =>
  withEmulator(async (client) => {
    const one = { leadFormFields: { email: 'a@x.co' } };
    const send = (body: object) => client.post<RecordOutcome>('leads/submitForm.json', body);
    const reasonOf = async (leadFormFields: object) =>
      (await send({ formId: 1, input: [{ leadFormFields }] })).result?.[0]?.reasons?.[0]?.code;

    expect(codeOf(await send({ input: [one] }))).toBe('1002');
    expect(codeOf(await send({ formId: 1, input: [one, one] }))).toBe('1003');
    expect(await reasonOf({ email: 'a@x.co', shoe: 1 })).toBe('1006');
    expect(await reasonOf({ city: 'Ulm' })).toBe('1003');
    expect(await client.control('GET', 'persons')).toEqual({ persons: [] });
  }));
