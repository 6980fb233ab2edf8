import { checkHistory } from './checkHistory.ts';
import { edit, exampleHistory, linkedPair, remove, rowId, type ExampleStep } from './exampleHistory.ts';
import type { AccountsHistory, FinalRecord } from './history.ts';
import { findingKinds } from './verdict.ts';

const to = (table: string, id: string) => ({ id, table });
const visit = (set: ExampleStep['set']): ExampleStep => ({
  on: 'new_visit',
  by: 'human',
  id: 'visit-1',
  set,
});
const bill = (set: ExampleStep['set']): ExampleStep => ({ on: 'new_bill', by: 'human', id: 'bill-1', set });

/** A visit of a contact, and a bill of that visit. */
const settled: readonly ExampleStep[] = [
  ...linkedPair('contact', { telephone1: '1' }, { phone: '1' }),
  visit({ new_name: 'Amber', new_personid: to('contact', rowId) }),
  bill({ new_name: 'Beryl', new_visitid: to('new_visit', 'visit-1') }),
];

type Objects = readonly FinalRecord['fields'][];
const ofVisit = { key: 'visit-1', name: 'Amber', leadId: 7 };
const ofBill = { key: 'bill-1', name: 'Beryl', leadId: 7 };
const nothingElse: AccountsHistory = {
  ...{ companies: [], opportunities: [], roles: [], golden: [], stored: null, needless: [] },
};

function judge(
  steps: readonly ExampleStep[],
  visits: Objects = [ofVisit],
  bills: Objects = [ofBill],
): readonly string[] {
  const accounts = { ...nothingElse, customs: { new_visit: visits, new_bill: bills } };
  const verdict = checkHistory(exampleHistory(steps, { accounts }));

  return findingKinds.flatMap((kind) => verdict[kind].map(({ what }) => `${kind}: ${what}`));
}

describe('a custom row', () => {
  it('is clean when Marketo has it once, with its present name and person', () => {
    expect(judge(settled)).toEqual([]);
  });

  it('is missing, doubled, outdated or linked to somebody else when it is not', () => {
    const renamed = [...settled, visit({ new_name: 'Coral' })];

    expect(judge(settled, [])).toEqual(['missing: new_visit']);
    expect(judge(settled, [ofVisit], [ofBill, ofBill])).toEqual(['doubled: new_bill']);
    expect(judge(renamed)).toEqual(['differences: new_visit']);
    expect(judge(settled, [ofVisit], [{ ...ofBill, leadId: 8 }])).toEqual(['differences: new_bill']);
  });

  it('is not in Marketo when it leads to nobody, by way of another row too, or is deleted', () => {
    const left = [...settled, visit({ new_personid: null })];

    expect(judge(left, [], [])).toEqual([]);
    expect(judge(left)).toEqual(['unexpected: new_visit', 'unexpected: new_bill']);
    expect(judge([...settled, bill(null)])).toEqual(['revived: new_bill']);
  });

  it('may be missing while it says No, or its person does, or is gone', () => {
    const out = [...settled, bill({ new_synctomkto: false })];
    const personOut = [...settled, edit('contact', { new_synctomkto: false })];
    const personGone = [...settled, remove('person')];

    expect(judge(out, [ofVisit], [])).toEqual([]);
    expect(judge(personOut, [], [])).toEqual([]);
    expect(judge(personGone, [], []).filter((finding) => finding.includes('new_'))).toEqual([]);
  });
});
