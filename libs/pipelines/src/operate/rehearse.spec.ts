import { inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord, type GoldenRecord, type LinkedRow } from '@lockstep/reconciliation';
import { addRehearsals, callsOf, emptyRehearsal, rehearsePage, type Rehearsal } from './rehearse.ts';

const page = { epoch: 1, number: 1 };
const rowOf = (system: 'dynamics' | 'marketo', changes: Partial<LinkedRow> = {}): LinkedRow => ({
  ...{ system, table: 'lead', id: system, active: true, deletedAt: null, missing: false, version: null },
  ...{ page, filter: null, seen: {}, inFlight: {}, parked: {}, decidedEvidence: [], ...changes },
});
const pair = [rowOf('dynamics'), rowOf('marketo')];

/** Every page of two records, and their sum. */
async function rehearse(records: readonly Partial<GoldenRecord>[]): Promise<Rehearsal & { pages: number }> {
  const { golden } = inMemoryStores();
  await golden.save(
    records.map((changes, at) => ({ record: { ...newGoldenRecord(`r${at}`), ...changes }, expected: null })),
  );
  let sum = emptyRehearsal;
  let pages = 0;
  for (let after: string | null = null; pages === 0 || after !== null; pages += 1) {
    const { counts, next } = await rehearsePage(golden, { after, limitMax: 2 });
    sum = addRehearsals(sum, counts);
    after = next;
  }
  return { ...sum, pages };
}

describe('a rehearsal', () => {
  it('counts every record once, page after page', async () => {
    const waiting = { code: null, dueAtMs: 1 };
    const parked = { fax: { value: '1', code: 'FIELD_HELD' } };
    const { records, pages } = await rehearse([
      { rows: pair },
      { rows: [rowOf('dynamics', { parked }), rowOf('marketo')] },
      { rows: [rowOf('dynamics'), rowOf('marketo', { deletedAt: page })] },
      { waiting: { ...waiting, cause: 'review' } },
      { waiting: { ...waiting, cause: 'refused' } },
      { waiting: { ...waiting, cause: 'first-reads' } },
      { aliasOf: 'r0', rows: pair },
      { entity: 'account' },
    ]);

    expect(records).toEqual({ persons: 6, linked: 2, ambiguous: 1, held: 1, refused: 1, undecided: 1 });
    expect(pages).toBe(5);
  });

  it('counts writes by side and table, and the values that would change by field', async () => {
    const update = (fields: readonly string[]) => ({ operation: 'UPDATE', table: 'person', fields }) as const;
    const { sides } = await rehearse([
      { forecast: { marketo: [update(['city', 'title'])] } },
      { forecast: { marketo: [update(['city'])] } },
      { forecast: { marketo: [{ operation: 'CREATE', table: 'person', fields: [] }] } },
      { forecast: { dynamics: [{ operation: 'UPDATE', table: 'contact', fields: ['fax'] }] } },
      { entity: 'account', forecast: { marketo: [{ operation: 'DELETE', table: 'company', fields: [] }] } },
    ]);

    expect(sides).toEqual({
      dynamics: { creates: {}, updates: { contact: 1 }, fields: { 'contact.fax': 1 }, others: {} },
      marketo: {
        creates: { person: 1 },
        updates: { person: 2 },
        fields: { 'person.city': 2, 'person.title': 1 },
        others: { company: 1 },
      },
    });
  });

  it('takes a call for each write to Dynamics, and one for each batch to Marketo', () => {
    const side = { fields: {}, others: {} };
    const sides = {
      dynamics: { ...side, creates: { lead: 2 }, updates: { lead: 301, contact: 4 } },
      marketo: { ...side, creates: { person: 301 }, updates: { person: 301 } },
    };

    expect(callsOf({ ...emptyRehearsal, sides })).toEqual({ dynamics: 307, marketo: 8 });
  });
});
