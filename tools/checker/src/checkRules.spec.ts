import type { GoldenEvent } from '@lockstep/change-events';
import { checkHistory } from './checkHistory.ts';
import {
  edit,
  exampleConflict,
  exampleHistory,
  goldenId,
  linkedPair,
  remove,
  rowId,
} from './exampleHistory.ts';
import type { ExampleStep } from './exampleHistory.ts';
import type { ExpectedRules } from './expectedRules.ts';
import type { History } from './history.ts';
import { findingKinds, type FindingKind } from './verdict.ts';

type Judged = { readonly kinds: readonly FindingKind[]; readonly exempt: readonly string[] };

function judge(steps: readonly ExampleStep[], rules: ExpectedRules, extras: Partial<History> = {}): Judged {
  const verdict = checkHistory(exampleHistory(steps, { rules, ...extras }));
  const kinds = findingKinds.filter((kind) => verdict[kind].length > 0);
  return { kinds, exempt: verdict.exempt.map(({ reason }) => reason) };
}

const phone = (policies: NonNullable<ExpectedRules['fields']>[string]): ExpectedRules => ({
  fields: { phone: policies },
});
const conflict = (loserValue: string | null, rule = 'marketo-wins-for-leads'): Partial<History> => {
  const event = exampleConflict({ field: 'phone', loserValue });
  return { golden: [{ ...event, conflicts: event.conflicts.map((each) => ({ ...each, rule })) }] };
};
const apart = [...linkedPair('lead'), edit('lead', { telephone1: '2' }), edit('person', { phone: '3' })];

describe('two edits under a policy', () => {
  const dynamicsWon = [...apart, edit('person', { phone: '2' }, 'application')];

  it('go to the side that the policy names', () => {
    expect(judge(dynamicsWon, phone({ conflict: 'dynamics' }), conflict('3')).kinds).toEqual([]);
    expect(judge(dynamicsWon, phone({ conflict: 'marketo' }), conflict('3')).kinds).toContain('lost');
  });

  it('go to the newest where that is certain', () => {
    const marketoWon = [...apart, edit('lead', { telephone1: '3' }, 'application')];

    expect(judge(dynamicsWon, phone({ conflict: 'newest' }), conflict('3')).kinds).toContain('lost');
    expect(judge(marketoWon, phone({ conflict: 'newest' }), conflict('2')).kinds).toEqual([]);
  });

  it('may stay apart while they are held for review, recorded, and no longer', () => {
    const review = phone({ conflict: 'review' });
    const held = conflict('2', 'held-for-review');

    expect(judge(apart, review, held)).toEqual({ kinds: [], exempt: ['held-for-review'] });
    expect(judge(apart, review).kinds).toContain('differences');
    expect(judge(apart, review, { ...held, reviewed: true }).kinds).toContain('differences');
    const decided = { ...conflict('3', 'held-for-review'), reviewed: true };
    expect(judge(dynamicsWon, review, decided).kinds).toEqual([]);
  });
});

describe('a field whose blanks alone are filled', () => {
  const fill = phone({ write: 'fill-blanks' });

  it('keeps what each side has', () => {
    expect(judge(apart, fill)).toEqual({ kinds: [], exempt: ['fill-blanks'] });
    expect(judge([...apart, edit('lead', { telephone1: '3' }, 'application')], fill).kinds).toContain('lost');
  });

  it('differs where a blank is left', () => {
    expect(judge([...linkedPair('lead', { telephone1: '1' }, {})], fill).kinds).toEqual(['differences']);
  });
});

describe('a field that is written once', () => {
  const once = phone({ write: 'once' });
  const edited = [...linkedPair('lead'), edit('lead', { telephone1: '2' })];

  it('gets its first value back, and the edit is recorded', () => {
    const back = [...edited, edit('lead', { telephone1: '1' }, 'application')];

    expect(judge(back, once, conflict('2', 'write-once')).kinds).toEqual([]);
    expect(judge(back, once).kinds).toEqual(['lost']);
  });

  it('is lost when an edit goes to the other side', () => {
    const carried = [...edited, edit('person', { phone: '2' }, 'application')];

    expect(judge(carried, once).kinds).toContain('unexplainedWrites');
  });
});

describe('a value held for review before the next person of a row', () => {
  it('may be what that person was met with, where the edit of the one before went with it', () => {
    const [row, former] = linkedPair('lead');
    if (!row || !former?.set) throw new Error('there is no pair');
    const next: ExampleStep = { ...former, by: 'human', id: '8', set: { ...former.set, phone: '5' } };
    const met = [row, former, next, edit('person', { phone: '3' }), remove('person')];
    const event = exampleConflict({ field: 'phone', loserValue: '5' });
    const conflicts = event.conflicts.map((each) => ({
      ...{ ...each, winner: 'dynamics' as const, winnerValue: '1', rule: 'held-for-review' },
    }));
    const review = phone({ conflict: 'review' });

    expect(judge(met, review, { golden: [{ ...event, conflicts }] }).exempt).toContain('held-for-review');
    expect(judge(met, review).kinds).toContain('differences');
  });
});

describe('persons under rules', () => {
  const removed: ExampleStep = { ...remove('person'), by: 'application' };

  it('are deleted with their row where the rules say so, and nowhere else', () => {
    const gone = [...linkedPair('lead'), remove('lead')];

    expect(judge([...gone, removed], { deletedInDynamics: 'delete' }).kinds).toEqual([]);
    expect(judge([...gone, removed], {}).kinds).toEqual(['unexpected']);
    expect(judge(gone, { deletedInDynamics: 'delete' }).kinds).toContain('unexpected');
    expect(judge(gone, { deletedInDynamics: 'keep' }).kinds).toEqual([]);
  });

  it('take their row with them where the rules say so, and nowhere else', () => {
    const gone = [...linkedPair('lead'), remove('person')];
    const deleted: ExampleStep = { ...remove('lead'), by: 'application' };
    const deactivated = edit('lead', { statecode: 2 }, 'application');
    const edited = [...gone, edit('lead', { telephone1: '2' })];

    expect(judge([...gone, deleted], { rowWhenPersonDeleted: 'delete' }).kinds).toEqual([]);
    expect(judge([...gone, deactivated], { rowWhenPersonDeleted: 'deactivate' }).kinds).toEqual([]);
    expect(judge([...gone, deleted], { rowWhenPersonDeleted: 'deactivate' }).kinds).toContain('unexpected');
    expect(judge([...gone, deleted], {}).kinds).toContain('unexpected');
    expect(judge([...linkedPair('lead'), deleted], { rowWhenPersonDeleted: 'delete' }).kinds).toContain(
      'unexpected',
    );
    expect(judge([...edited, deleted], { rowWhenPersonDeleted: 'delete' }).kinds).toContain('unexpected');
    const linked = { system: 'marketo', table: 'person', id: '7', active: true, deleted: false } as const;
    const golden = [
      { ...exampleConflict({ field: 'phone', loserValue: null }), rows: [linked], conflicts: [] },
    ];
    const heard = { golden: golden.map((event) => ({ ...event, decidedAt: '2026-11-22T08:00:30Z' })) };
    expect(judge(gone, { rowWhenPersonDeleted: 'delete' }, heard).kinds).toContain('unexpected');
    expect(judge(edited, { rowWhenPersonDeleted: 'delete' }, heard).kinds).not.toContain('unexpected');
  });

  it.each([
    [
      'equals what the person held',
      [edit('person', { phone: '3' }), remove('person'), edit('lead', { telephone1: '2' })],
    ],
    [
      'gave way to what the person held',
      [remove('person'), edit('lead', { telephone1: '9' }), edit('lead', { telephone1: '2' }, 'application')],
    ],
  ])('may take their row with them where its edit %s', (_, steps) => {
    const held = [...linkedPair('lead'), edit('person', { phone: '2' }), ...steps];
    const deleted: ExampleStep = { ...remove('lead'), by: 'application' };

    expect(judge([...held, deleted], { rowWhenPersonDeleted: 'delete' }).kinds).toEqual([]);
  });

  it('are deleted, or flagged, while their row stays out by the filter of the rules', () => {
    const rules: ExpectedRules = { filter: { column: 'address1_country', isNot: 'FR' }, syncColumn: 'off' };
    const out = [...linkedPair('lead'), edit('lead', { address1_country: 'FR' })];
    const flagged = [...out, edit('person', { crmIsKeptOut: true }, 'application')];

    expect(judge(out, rules).exempt).toEqual(['filter-no']);
    expect(judge([...out, removed], { ...rules, whenFilteredOut: 'remove' }).kinds).toEqual([]);
    expect(judge(out, { ...rules, whenFilteredOut: 'remove' }).kinds).toEqual(['unexpected']);
    expect(judge(flagged, { ...rules, whenFilteredOut: { flag: 'crmIsKeptOut' } }).kinds).toEqual([]);
    expect(judge(out, { ...rules, whenFilteredOut: { flag: 'crmIsKeptOut' } }).kinds).toEqual([
      'differences',
    ]);
  });

  it('stay deleted where the rules say so, whatever is edited', () => {
    const minutes = ['a', 'b', 'c', 'd', 'e'].map((city) => edit('person', { city }));
    const gone = [...linkedPair('lead'), ...minutes, remove('person')];
    const edited = [...gone, edit('lead', { telephone1: '2' })];
    const again = { ...linkedPair('lead', {}, { phone: '2' })[1], id: '8' } as ExampleStep;

    expect(judge(edited, { deletedInMarketo: 'stay-deleted' }).exempt).toEqual(['deleted-in-marketo']);
    expect(judge([...edited, again], { deletedInMarketo: 'stay-deleted' }).kinds).toContain('revived');
    expect(judge(edited, { deletedInMarketo: 'ask' }).exempt).toEqual(['deleted-in-marketo']);
    expect(judge([...edited, again], { deletedInMarketo: 'ask' }).kinds).toContain('revived');
  });
});

describe('a pair that an operator parted', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString();
  const row = { system: 'dynamics', table: 'lead', id: rowId, active: true, deleted: false } as const;
  const person = { system: 'marketo', table: 'person', id: '7', active: true, deleted: false } as const;
  const event = (minute: number, rows: GoldenEvent['rows']): GoldenEvent => ({
    ...exampleConflict({ field: 'phone', loserValue: null }),
    ...{ conflicts: [], decidedAt: at(minute), rows },
  });
  const parted = { golden: [event(1, [row, person]), event(2, [person])], unlinks: [{ goldenId }] };
  const own = { ...linkedPair('lead')[1], id: '8' } as ExampleStep;
  const apartNow: ExampleStep[] = [
    ...linkedPair('lead'),
    edit('person', { lockstepId: goldenId }),
    { ...own, set: { ...own.set, lockstepId: 'other' } },
  ];

  it('is a row with a person of its own, and a person that is left alone', () => {
    expect(judge(apartNow, {}, parted).kinds).toEqual([]);
    expect(judge(apartNow, {}).kinds).toContain('doubled');
    expect(judge(linkedPair('lead'), {}, parted).kinds).toEqual(['missing']);
  });

  it('is wrong where the person is written, or the pair is one again', () => {
    const written = [...apartNow, edit('person', { phone: '9' }, 'application')];
    const again = { ...parted, golden: [...parted.golden, event(9, [row, person])] };

    expect(judge(written, {}, parted).kinds).toContain('unexplainedWrites');
    expect(judge(apartNow, {}, again).kinds).toEqual(['unexpected']);
  });
});
