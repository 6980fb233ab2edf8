import { judgeOnceCaughtUp } from './judgeHistory.ts';
import { untilHolds } from './operatorClient.ts';
import { makeRows, toSeed } from './seedPeople.ts';
import { startLockstep, type Lockstep } from './startLockstep.ts';

const timeoutMs = 240_000;
const leads = makeRows('lead', 2_000);
let lockstep: Lockstep;

beforeAll(async () => {
  lockstep = await startLockstep({
    seed: { leads: toSeed(leads) },
    // A call a second, half of them for the feeds: the backfill takes a while, on a quick machine too.
    settings: {
      MARKETO_SHARE: '0.2',
      FEED_INTERVAL_MIN_MS: '5000',
      FEED_INTERVAL_MAX_MS: '5000',
      DELETED_INTERVAL_MS: '10000',
    },
  });
}, timeoutMs);
afterAll(() => lockstep.close());

const until = <Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean) =>
  untilHolds(ask, holds, timeoutMs);

it(
  'and an edit come to Marketo before hundreds of a backfill that waited before them, and the backfill undoes neither',
  async () => {
    const { dynamics, marketo } = lockstep;
    const persons = await until(
      () => marketo.persons(),
      ({ length }) => length > 0,
    );
    const written = String(persons[0]?.['crmId']);
    const waiting = leads.find(({ id }) => !persons.some(({ crmId }) => crmId === id))?.id ?? '';

    await dynamics.editRow('lead', waiting, { jobtitle: 'Waited' });
    await dynamics.editRow('lead', written, { jobtitle: 'Edited' });
    const hot = { lastname: 'Hot', emailaddress1: 'hot@example.org', companyname: 'Acme' };
    await dynamics.createRows('lead', [hot]);
    const shown = await until(
      () => marketo.persons(),
      (all) =>
        all.some(({ lastName }) => lastName === 'Hot') &&
        all.some(({ crmId, title }) => crmId === written && title === 'Edited'),
    );

    expect(leads.length - shown.length).toBeGreaterThan(300);
    await lockstep.waitUntilInSync({ timeoutMs });
    expect(await marketo.personOfRow(waiting)).toMatchObject({ title: 'Waited' });
    expect(await marketo.personOfRow(written)).toMatchObject({ title: 'Edited' });
    const { findings, linkedPairs } = await judgeOnceCaughtUp(lockstep, timeoutMs);
    expect(findings).toEqual([]);
    expect(linkedPairs).toBe(leads.length + 1);
  },
  3 * timeoutMs,
);
