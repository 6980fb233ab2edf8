import Marketo from 'node-marketo-rest';
import { startMarketoEmulator, type MarketoEmulator } from '../startMarketoEmulator.ts';

/** The client `node-marketo-rest` from npm, unmodified. */
let emulator: MarketoEmulator;
let marketo: Marketo;

const control = (path: string, body: object): Promise<Response> =>
  fetch(`${emulator.url}/_control/${path}`, { method: 'POST', body: JSON.stringify(body) });

beforeEach(async () => {
  emulator = await startMarketoEmulator({ control: true });
  const { url, clientId, clientSecret } = emulator;
  marketo = new Marketo({ endpoint: `${url}/rest`, identity: `${url}/identity`, clientId, clientSecret });
});
afterEach(() => emulator.close());

async function create(...input: readonly object[]): Promise<readonly unknown[]> {
  const { result = [] } = await marketo.lead.createOrUpdate(input, { lookupField: 'email' });
  return result.map(({ id }) => id);
}

describe('the npm client node-marketo-rest', () => {
  it('creates, finds and reads persons', async () => {
    const [id] = await create({ email: 'a@x.co', firstName: 'Ann' }, { email: 'b@x.co' });
    const found = await marketo.lead.find('email', ['a@x.co', 'b@x.co'], { fields: ['email', 'firstName'] });

    expect(found.result).toMatchObject([{ id, email: 'a@x.co', firstName: 'Ann' }, { email: 'b@x.co' }]);
    expect((await marketo.lead.byId(id, { fields: ['firstName'] })).result).toEqual([
      { id, firstName: 'Ann' },
    ]);
    expect((await marketo.lead.describe()).result).toContainEqual(
      expect.objectContaining({ displayName: 'Company Name' }),
    );
  });

  it('follows a page to the next', async () => {
    await create({ email: 'a@x.co' }, { email: 'b@x.co' });
    const first = await marketo.lead.find('email', ['a@x.co', 'b@x.co'], { batchSize: 1, fields: ['email'] });
    const second = await first.nextPage?.();

    expect([first, second].map((page) => page?.result?.[0]?.['email'])).toEqual(['a@x.co', 'b@x.co']);
  });

  it('reads the feeds of changes, and the activities of a person', async () => {
    const since = (await marketo.lead.getPageToken('2020-01-01T00:00:00Z')).nextPageToken;
    const [id] = await create({ email: 'a@x.co' });
    await create({ email: 'a@x.co', firstName: 'Ann' });
    const changes = await marketo.lead.getChanges(since, { fields: ['firstName'] });
    const activities = await marketo.lead.getActivities([id], [12, 13], since);

    expect(changes.result?.map((row) => row['activityTypeId'])).toEqual([12, 13]);
    expect(activities.result?.map((row) => row['activityTypeId'])).toEqual([12, 13]);
    expect((await marketo.activities.getActivityTypes()).result).not.toEqual([]);
  });

  it('merges persons', async () => {
    const [winner, loser] = await create({ email: 'a@x.co' }, { email: 'b@x.co', firstName: 'Bo' });
    await marketo.lead.mergeLead(winner, [loser], {});

    expect((await marketo.lead.find('id', [winner, loser], { fields: ['firstName'] })).result).toEqual([
      { id: winner, firstName: 'Bo' },
    ]);
  });

  it('renews a token that is over, and tells of a refusal by its code', async () => {
    // Not near midnight in Central time, when usage begins anew.
    await control('clock', { now: '2040-01-15T18:00:00Z' });
    await create({ email: 'a@x.co' });
    await control('clock', { advanceMs: 3_601_000 });

    expect((await marketo.lead.find('email', ['a@x.co'])).result).toHaveLength(1);
    await expect(marketo.lead.find('nonsense', ['1'])).rejects.toMatchObject({
      errors: [{ code: '1011' }],
    });
    expect((await marketo.stats.usage()).result?.[0]).toMatchObject({ total: 4 });
  });
});
