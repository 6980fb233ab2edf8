import type { Checkpoint, TableState } from '@lockstep/change-events';
import { requestStatus, tableStatus } from '@lockstep/pipelines';
import { endedLines, serviceLines, statusTable, waitingLine, withheldLines } from './showStatus.ts';

const nowMs = Date.parse('2026-11-25T10:00:00Z');
const quiet: TableState = {
  purpose: null,
  label: null,
  from: null,
  to: null,
  origin: null,
  liveVersion: null,
  mark: null,
  witness: null,
  columns: null,
  stopped: null,
  query: null,
  pausedAt: null,
  controlId: null,
  deletesHeld: null,
  deletesConfirmed: null,
};

const saved = (changes: Partial<Checkpoint> = {}, state: Partial<TableState> = {}): Checkpoint => ({
  source: 'dynamics',
  table: 'lead',
  phase: 'SNAPSHOT',
  position: null,
  page: { epoch: 1, number: 4 },
  versionEpoch: 1,
  rowsDone: 20_000,
  rowsTotal: 100_000,
  startedAt: '2026-11-25T09:59:50Z',
  updatedAt: '2026-11-25T09:59:58Z',
  state: { ...quiet, ...state },
  ...changes,
});

it('what was written is told by system and kind of record, of the last hour and the last 24', () => {
  const person = { system: 'marketo', entity: 'person', done: 7, refused: 2 } as const;
  const row = { ...person, system: 'dynamics', refused: 0 } as const;

  expect(endedLines({ lastHour: [], last24Hours: [row, person] })).toEqual([
    'Written in the last hour: nothing',
    'Written in the last 24 hours: dynamics person 7, marketo person 7 (2 refused)',
  ]);
});

it('says what waits to be written, creations and updates apart, with the age of the oldest', () => {
  const created = { side: 'marketo', entity: 'person', operation: 'CREATE', writes: 3 } as const;
  const changed = { ...created, side: 'dynamics', operation: 'UPDATE', writes: 1 } as const;
  const counts = [
    { ...changed, since: '2026-11-25T09:59:58Z' },
    { ...created, since: '2026-11-25T09:50:00Z' },
  ];

  expect(waitingLine([], true, nowMs)).toBe('Waiting to be written: nothing');
  expect(waitingLine(counts, false, nowMs)).toBe(
    'Waiting to be written: dynamics person 1 to be changed (oldest 2 s), ' +
      'marketo person 3 to be made (oldest 10 min), and more',
  );
});

it('leaves out what a reconciler of a former version does not tell', () => {
  const former = {
    tables: [],
    requests: [],
    firstReadsComplete: true,
    lag: { live: 3 },
    writes: {},
    errors: [],
  };

  expect(serviceLines(former, nowMs)).toEqual([
    'Both sides read once: yes',
    'Messages to be handled: live 3',
    'No errors.',
  ]);
  expect(serviceLines({ tables: [], requests: [] }, nowMs)).toEqual([]);
});

it('says why a file of rules is refused, which nothing else shows to an operator', () => {
  const answer = { tables: [], requests: [], firstReadsComplete: true, lag: {}, writes: {}, errors: [] };
  const fault = 'lockstep.yaml:1:23 VALUE_INVALID fax must be off or a map.';
  const lines = (refused: readonly string[]) => serviceLines({ ...answer, rules: { hash: 'a', refused } }, 0);

  expect(lines([fault]).slice(0, 2)).toEqual([
    'The file of rules is refused; those it had before are in force.',
    `  ${fault}`,
  ]);
  expect(lines([])[0]).toBe('Both sides read once: yes');
});

describe('the status of a source', () => {
  it('tells rate and time left while the whole table is read', () => {
    expect(tableStatus(saved(), nowMs)).toEqual({
      target: 'dynamics/lead',
      phase: 'SNAPSHOT',
      rowsDone: 20_000,
      rowsTotal: 100_000,
      rowsPerSecond: 2_000,
      secondsLeft: 40,
      secondsSinceSaved: 2,
      pausedAt: null,
      queryRowsDone: null,
      versionEpoch: 1,
      deletesHeld: null,
      stoppedColumns: [],
    });
  });

  it('foresees nothing without a total, and when the table is followed', () => {
    expect(tableStatus(saved({ rowsTotal: null }), nowMs).secondsLeft).toBeNull();
    expect(tableStatus(saved({ phase: 'STREAMING' }), nowMs).rowsPerSecond).toBeNull();
  });

  it('says what an operator has to decide', () => {
    const waiting = saved(
      { phase: 'STREAMING' },
      { deletesHeld: 1_200, stopped: ['revenue:decimal:UNREADABLE'], pausedAt: '2026-11-25T09:00:00Z' },
    );
    const text = statusTable([tableStatus(waiting, nowMs)]);

    expect(text).toContain('STREAMING, paused');
    expect(text).toContain('1200 deletes held: lockstep confirm dynamics/lead');
    expect(text).toContain('not published: revenue (UNREADABLE)');
  });

  it('tells how far a query is', () => {
    const at = '2026-11-25T09:00:00Z';
    const query = { controlId: 'c', filter: 'id=1', position: '300', rowsDone: 300, startedAt: at };
    const text = statusTable([tableStatus(saved({ phase: 'STREAMING' }, { query }), nowMs)]);

    expect(text).toContain('query: 300 rows so far');
  });

  it('shows a source of Marketo, which has no state of a table', () => {
    expect(tableStatus(saved({ source: 'marketo', table: 'person', state: null }), nowMs)).toMatchObject({
      target: 'marketo/person',
      pausedAt: null,
    });
  });
});

describe('the requests of the day', () => {
  const counted = (updatedAt: string) =>
    saved({ source: 'requests', table: 'main', rowsDone: 500, rowsTotal: 1000, updatedAt });

  it('are told per table group, and begin anew with the UTC day', () => {
    expect(requestStatus(counted('2026-11-25T09:59:00Z'), nowMs)).toEqual({
      group: 'main',
      used: 500,
      budget: 1000,
    });
    expect(requestStatus(counted('2026-11-24T23:59:00Z'), nowMs)).toMatchObject({ used: 0 });
    expect(requestStatus(saved(), nowMs)).toBeNull();
  });
});

describe('writes that are withheld', () => {
  it('say what there was too much of, and how they flow again, where a brake did it', () => {
    const heldFor = 'blanked 101, at most 100 in 60 min';

    expect(withheldLines('marketo', { isWithheld: true, records: 7, heldFor })).toEqual([
      'Writes to marketo are withheld, of 7 records so far.',
      '  by the brake: blanked 101, at most 100 in 60 min. To let them flow: lockstep resume reconciler/to-marketo',
    ]);
    expect(withheldLines('marketo', { isWithheld: true, records: 7 })).toHaveLength(1);
  });

  it('and flow again are counted until none is left', () => {
    expect(withheldLines('marketo', { isWithheld: false, records: 7 })).toEqual([
      'Writes to marketo flow; 7 records are still to be planned.',
    ]);
    expect(withheldLines('marketo', { isWithheld: false, records: 0 })).toEqual([]);
  });

  it('and flow again tell rate and time left, in the words of a first load', () => {
    const drain = { records: 400, recordsTotal: 1_000, recordsPerSecond: 50.3, secondsLeft: 8 };

    expect(withheldLines('marketo', { isWithheld: false, ...drain })).toEqual([
      'Writes to marketo flow; 400 of 1000 records are still to be planned, 50 records/s, time left 8 s.',
    ]);
  });
});
