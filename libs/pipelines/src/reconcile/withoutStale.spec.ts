import { inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type EmailClaim, type GoldenRecord } from '@lockstep/reconciliation';
import { withoutStale } from './withoutStale.ts';

const address = 'email/ada@example.com';
const field = { source: 'marketo', rule: 'changed', agreed: true, changedAt: null, eventId: 'e1' } as const;

/** Of a person with an email address. */
function personOf(goldenId: string, email: string, changes: Partial<GoldenRecord> = {}): GoldenRecord {
  const seen = { email: { value: email, at: { epoch: 1, number: 1 } } };
  const row = {
    ...({ system: 'marketo', table: 'person', id: goldenId, active: true, deletedAt: null } as const),
    ...{ missing: false, version: null, page: { epoch: 1, number: 1 }, filter: null, decidedEvidence: [] },
    ...{ seen, inFlight: {}, parked: {} },
  };
  const fields = { email: { ...field, value: email, base: email } };
  return { ...newGoldenRecord(goldenId), rows: [row], fields, ...changes };
}

const claimOf = (goldenId: string): EmailClaim => ({
  ...{ claim: address, rowKey: `marketo/person/${goldenId}`, goldenId },
});
const waits = (cause: 'join' | 'review' | 'first-reads') =>
  personOf('asks', 'ada@example.com', { waiting: { cause, code: null, dueAtMs: 1 } });

/** Whose claims are left of four records, of which the second has another address by now, and the third had it last. */
async function leftFor(asking: GoldenRecord, brought: readonly EmailClaim[] = []) {
  const { golden } = inMemoryStores();
  const others = [
    personOf('has', 'Ada@example.com'),
    personOf('had', 'bea@example.com'),
    personOf('joined', 'ada@example.com', { aliasOf: 'has' }),
  ];
  await golden.save(others.map((record) => ({ record, expected: null })));
  let loads = 0;
  const load: typeof golden.load = (ids) => ((loads += 1), golden.load(ids));
  const claiming = new Map([[address, ['asks', 'has', 'had', 'joined', 'unsaved'].map(claimOf)]]);

  const stored = new Map([[asking.goldenId, asking]]);
  const left = await withoutStale({ load }, claiming, { stored, brought });

  return { loads, ids: left.get(address)?.map(({ goldenId }) => goldenId) };
}

describe('claims to an address', () => {
  it.each(['join', 'review'] as const)(
    'are left out for who has waited (%s) where their record has another address by now',
    async (cause) => {
      expect(await leftFor(waits(cause))).toEqual({ loads: 1, ids: ['asks', 'has', 'joined', 'unsaved'] });
    },
  );

  it('are kept where a message of the batch makes them', async () => {
    const { ids } = await leftFor(waits('join'), [claimOf('had')]);

    expect(ids).toEqual(['asks', 'has', 'had', 'joined', 'unsaved']);
  });

  it('are taken as they are, and nothing is read, for who has not', async () => {
    const all = ['asks', 'has', 'had', 'joined', 'unsaved'];

    expect(await leftFor(waits('first-reads'))).toEqual({ loads: 0, ids: all });
    expect(await leftFor(personOf('asks', 'ada@example.com'))).toEqual({ loads: 0, ids: all });
  });
});
