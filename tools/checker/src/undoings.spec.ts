import type { GoldenEvent } from '@lockstep/change-events';
import { checkHistory } from './checkHistory.ts';
import {
  edit,
  exampleConflict,
  exampleHistory,
  linkedPair,
  rowId,
  type ExampleStep,
} from './exampleHistory.ts';
import { findingKinds } from './verdict.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 22, 8, minute)).toISOString();
const conflict = exampleConflict({ field: 'phone', loserValue: '2' });

/** Dynamics gets its value back that had lost, in that minute. */
const undoneAt = (minute: number): GoldenEvent => ({
  ...conflict,
  ...{ eventId: 'golden/2', decidedAt: at(minute) },
  rows: [
    { system: 'dynamics', table: 'lead', id: rowId, active: true, deleted: false },
    { system: 'marketo', table: 'person', id: '7', active: true, deleted: false },
  ],
  conflicts: [
    {
      ...{ field: 'phone', winner: 'dynamics', winnerValue: '2', loserValue: '3', rule: 'undo' },
      at: at(minute),
    },
  ],
});

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

function found(steps: readonly ExampleStep[], golden: readonly GoldenEvent[]): readonly string[] {
  const verdict = checkHistory(exampleHistory(steps, { golden }));

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
      changed: [{ field: 'phone', before: null, after, source: 'dynamics', rule: 'changed' }],
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
});
