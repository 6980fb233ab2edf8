import type { Conflict, GoldenEvent } from '@lockstep/change-events';
import { checkHistory } from './checkHistory.ts';
import {
  edit,
  exampleConflict,
  exampleHistory,
  goldenId,
  linkedPair,
  remove,
  rowId,
  type ExampleStep,
} from './exampleHistory.ts';
import type { History } from './history.ts';
import { findingKinds } from './verdict.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString();
const conflict = exampleConflict({ field: 'phone', loserValue: '2' });

const changed = { field: 'phone', before: null, after: '5', source: 'dynamics', rule: 'changed' } as const;

type Side = 'dynamics' | 'marketo';

/** A side gets its value back that had lost, in that minute, when the row had that person. */
const undoneFor = (
  winner: Side,
  minute: number,
  {
    personId = '7',
    table = 'lead',
  }: { readonly personId?: string; readonly table?: 'lead' | 'contact' } = {},
): GoldenEvent => ({
  ...conflict,
  ...{ eventId: `golden/${minute}`, decidedAt: at(minute) },
  rows: [
    { system: 'dynamics', table, id: rowId, active: true, deleted: false },
    { system: 'marketo', table: 'person', id: personId, active: true, deleted: false },
  ],
  conflicts: [
    {
      ...{ field: 'phone', winner, rule: 'undo', at: at(minute) },
      ...(winner === 'dynamics'
        ? { winnerValue: '2', loserValue: '3' }
        : { winnerValue: '3', loserValue: '2' }),
    },
  ],
});

const undoneAt = (minute: number): GoldenEvent => undoneFor('dynamics', minute);

const decided: readonly ExampleStep[] = [
  ...linkedPair('lead'),
  edit('lead', { telephone1: '2' }),
  edit('person', { phone: '3' }),
  edit('lead', { telephone1: '3' }, 'application'),
];
const written = [
  edit('lead', { telephone1: '2' }, 'application'),
  edit('person', { phone: '2' }, 'application'),
];

function found(
  steps: readonly ExampleStep[],
  golden: readonly GoldenEvent[],
  extras: Partial<History> = {},
): readonly string[] {
  const verdict = checkHistory(exampleHistory(steps, { golden, ...extras }));

  return findingKinds.filter((kind) => verdict[kind].length > 0);
}

describe('what an operator undid', () => {
  it('is on both sides, and its writes are explained by it alone', () => {
    const steps = [...decided, ...written];

    expect(found(steps, [conflict, undoneAt(4.5)])).toEqual([]);
    expect(found(steps, [conflict])).not.toEqual([]);
  });

  it('is lost where a side goes without it', () => {
    expect(found(decided, [conflict, undoneAt(4.5)])).toContain('lost');
    expect(found([...decided, ...written.slice(1)], [conflict, undoneAt(4.5)])).toContain('differences');
  });

  it('may be what Marketo had before our write of the other value arrived', () => {
    const [row, person, mine, yours] = decided as [ExampleStep, ExampleStep, ExampleStep, ExampleStep];
    const steps = [row, person, mine, yours, edit('person', { phone: '2' }, 'application')];

    expect(found(steps, [conflict, undoneAt(3.5)])).toEqual([]);
  });

  it('gives way to an edit that came later', () => {
    const steps = [
      ...decided,
      ...written,
      edit('person', { phone: '4' }),
      edit('lead', { telephone1: '4' }, 'application'),
    ];

    expect(found(steps, [conflict, undoneAt(4.5)])).toEqual([]);
  });

  it('gives way to an edit that was not read yet, also to one whose value was told before', () => {
    const phoneOf = (eventId: string, after: string): GoldenEvent => ({
      ...undoneAt(6.5),
      eventId,
      conflicts: [],
      changed: [{ ...changed, after }],
    });
    const steps = [
      ...decided,
      edit('lead', { telephone1: '5' }),
      edit('person', { phone: '5' }, 'application'),
    ];
    const events = [phoneOf('golden/0', '5'), conflict, undoneAt(6)];

    expect(found(steps, events)).toContain('lost');
    expect(found(steps, [...events, phoneOf('golden/3', '5')])).toEqual([]);
  });

  it('gives way to an edit that was not read yet and is held for review then, also where its value was told before', () => {
    const steps = [...decided, edit('lead', { telephone1: '5' })];
    const told = { ...conflict, eventId: 'golden/0', conflicts: [], changed: [changed] };
    const events = [told, conflict, undoneAt(6), undoneFor('marketo', 6.5)];
    const held: Conflict = {
      ...{ field: 'phone', winner: 'marketo', winnerValue: '3', rule: 'held-for-review', at: at(7) },
      ...{ loser: 'dynamics', loserValue: '5' },
    };
    const rules = { fields: { phone: { conflict: 'review' } } } as const;

    expect(found(steps, events, { rules })).toContain('differences');
    expect(found(steps, [...events, { ...undoneAt(7), conflicts: [held] }], { rules })).toEqual([]);
  });

  it('gives way to nothing that was said of another person', () => {
    const table = 'contact';
    const mirror = { crmId: rowId, crmType: 'Contact', crmIsDeleted: false, lockstepId: goldenId };
    const steps: ExampleStep[] = [
      ...linkedPair(table),
      edit('contact', { telephone1: '2' }),
      edit('person', { phone: '3' }),
      edit('person', { phone: '2' }, 'application'),
      { on: 'person', by: 'human', id: '8', set: { phone: '4' } },
      remove('person'),
      edit('contact', { telephone1: '3' }, 'application'),
      edit('contact', { telephone1: '4' }, 'application'),
      { on: 'person', by: 'application', id: '8', set: mirror },
    ];
    const events = [
      undoneFor('marketo', 4.5, { table }),
      undoneFor('dynamics', 5.5, { table }),
      undoneFor('marketo', 6.5, { table }),
    ];
    const joined: GoldenEvent = {
      ...undoneFor('marketo', 8, { table, personId: '8' }),
      ...{ conflicts: [], changed: [{ ...changed, source: 'marketo', after: '4' }] },
    };

    expect(found(steps, [conflict, ...events, joined], { matchByEmail: true })).toEqual([]);
  });
});
