import type { GoldenEvent, MarketerRequest } from '@lockstep/change-events';
import { defaultMapping } from '@lockstep/reconciliation';
import { checkHistory } from './checkHistory.ts';
import { exampleConflict, exampleHistory, linkedPair, rowId, type ExampleStep } from './exampleHistory.ts';
import type { History, RequestHistory } from './history.ts';
import { findingKinds } from './verdict.ts';

const owner = '00000000-0000-4000-8000-0000000000aa';
const laterId = '00000000-0000-4000-8000-000000000002';
const nothing: RequestHistory = { accepted: [], states: [], tasks: [], members: [] };

type Ask = Pick<MarketerRequest, 'kind' | 'arguments'> & { readonly id?: string };

/** What became of one request, state by state. */
function asked({ id = '1', kind, arguments: named }: Ask, states: readonly MarketerRequest['state'][]) {
  const [requestId, at] = [`webhook/${id}`, '2026-11-22T08:00:00Z'];
  const common = { requestId, personId: '7', kind, door: 'WEBHOOK', askedAt: at, at } as const;
  return {
    accepted: [{ requestId, personId: '7' }],
    states: states.map((state) => ({ ...common, arguments: named, state, code: null, detail: null })),
  };
}

const task: Ask = { kind: 'CREATE_TASK', arguments: { subject: 'task 1' } };
const done = ['QUEUED', 'SENT', 'DONE'] as const;
const failed = ['QUEUED', 'FAILED'] as const;
const about = (regardingId: string) => ({ subject: 'task 1', regardingId });

/** A golden event that shows the person with these rows. */
const shown = (...ids: readonly string[]): GoldenEvent => ({
  ...exampleConflict({ field: 'phone', loserValue: null }),
  conflicts: [],
  rows: [
    ...ids.map((id) => ({ system: 'dynamics' as const, table: 'lead', id, active: true, deleted: false })),
    { system: 'marketo', table: 'person', id: '7', active: true, deleted: false },
  ],
});

function judge(
  requests: Partial<RequestHistory>,
  steps: readonly ExampleStep[] = linkedPair('lead'),
  extras: Partial<History> = { golden: [shown(rowId)] },
) {
  // No person is told of an owner here.
  const mapping = defaultMapping.filter(({ field }) => field !== 'ownerId');
  const history = { requests: { ...nothing, ...requests }, mapping, ...extras };
  const verdict = checkHistory(exampleHistory(steps, history));
  const found = findingKinds.flatMap((kind) => verdict[kind].map(({ reason }) => `${kind}: ${reason}`));
  return { found, exempt: verdict.exempt.map(({ reason }) => reason) };
}

describe('a request that was accepted', () => {
  it.each([
    ['published', [], 'lost: a request was accepted and never published'],
    ['ended', ['QUEUED', 'SENT'], 'stuck: a request did not end'],
    ['ended in one way', [...failed, 'DONE'], 'doubled: a request ended in two ways'],
  ] as const)('must be %s', (_, states, finding) => {
    const sync: Ask = { kind: 'SYNC_PERSON', arguments: {} };

    expect(judge(asked(sync, states)).found).toEqual([finding]);
    expect(judge(asked(sync, done)).found).toEqual([]);
  });

  it('may wait for a person that nobody has read', () => {
    expect(judge(asked(task, ['QUEUED']), linkedPair('lead'), {})).toEqual({
      found: [],
      exempt: ['person-never-read'],
    });
  });

  it.each([
    ['done', done, [], 'lost: a request is done, and nothing was'],
    ['about its person', done, [about(laterId)], 'lost: a request is done, and nothing was'],
    ['once', done, [about(rowId), about(rowId)], 'doubled: a request was carried out more than once'],
    ['or not at all', failed, [about(rowId)], 'unexpected: a request that failed was carried out'],
  ] as const)('must be carried out: %s', (_, states, tasks, finding) => {
    expect(judge({ ...asked(task, states), tasks }).found).toEqual([finding]);
    expect(judge({ ...asked(task, done), tasks: [about(rowId)] }).found).toEqual([]);
    expect(judge(asked(task, failed)).found).toEqual([]);
  });

  it('must give the row to its owner once', () => {
    const given = (id: string): ExampleStep => ({
      ...{ on: 'lead', by: 'application', id: rowId },
      set: { ownerid: { id, table: 'systemuser' } },
    });
    const ask = asked({ kind: 'CHANGE_OWNER', arguments: { owner } }, done);

    expect(judge(ask, [...linkedPair('lead'), given(owner)]).found).toEqual([]);
    expect(judge(ask, [...linkedPair('lead'), given(owner), given(laterId), given(owner)]).found).toEqual([
      'doubled: a request was carried out more than once',
    ]);
    expect(judge(ask).found).toEqual(['lost: a request is done, and nothing was']);
  });

  it('must leave the row on the list of the campaign, or off it, as the last one says', () => {
    const campaign = (id: string, kind: MarketerRequest['kind']) => asked({ id, kind, arguments: {} }, done);
    const [on, off] = [campaign('1', 'ADD_TO_CAMPAIGN'), campaign('2', 'REMOVE_FROM_CAMPAIGN')];
    const both = (first: typeof on, last: typeof on, members: readonly string[]) =>
      judge({
        accepted: [...first.accepted, ...last.accepted],
        states: [...first.states, ...last.states],
        members,
      }).found;

    expect(both(off, on, [rowId])).toEqual([]);
    expect(both(on, off, [])).toEqual([]);
    const finding = 'differences: the last request about a campaign does not hold';
    expect([both(off, on, []), both(on, off, [rowId])]).toEqual([[finding], [finding]]);
  });
});

describe('a row that we made', () => {
  const person: ExampleStep = { on: 'person', by: 'human', id: '7', set: { phone: '1' } };
  const made = (id: string): ExampleStep => ({
    ...{ on: 'lead', by: 'application', id, set: { telephone1: '1' } },
  });
  const told = (id: string): ExampleStep => ({
    ...{ on: 'person', by: 'application', id: '7' },
    set: { crmId: id, crmType: 'Lead', crmIsDeleted: false },
  });
  const sync = asked({ kind: 'SYNC_PERSON', arguments: {} }, done);
  const removed: ExampleStep = { on: 'lead', by: 'human', id: rowId, set: null };
  const numbered = (event: GoldenEvent, number: number) => ({ ...event, revision: { epoch: 1, number } });
  const golden = [numbered(shown(rowId), 1), numbered(shown(laterId), 2)];

  it('belongs to the person for whom a marketer asked', () => {
    expect(judge(sync, [person, made(rowId), told(rowId)]).found).toEqual([]);
    expect(judge(nothing, [person, made(rowId), told(rowId)]).found).toEqual([
      'unexpected: a row was made that nobody asked for',
    ]);
  });

  it('is none of another table, as an installation may set up', () => {
    const history = exampleHistory(linkedPair('lead'), { golden: [shown(rowId)] });
    const [first] = history.dynamics.states;
    const setUp = ['1', '2'].map((id) => ({
      ...(first as NonNullable<typeof first>),
      ...{ table: 'systemuser', id, actorKind: 'application' as const },
    }));
    const states = [...setUp, ...history.dynamics.states];

    expect(checkHistory({ ...history, dynamics: { ...history.dynamics, states } }).clean).toBe(true);
  });

  it('is the only one of its person while it is there', () => {
    const steps = [person, made(rowId), told(rowId)];
    const again = [made(laterId), told(laterId)];

    expect(judge(sync, [...steps, removed, ...again], { golden }).found).toEqual([]);
    expect(judge(sync, [...steps, ...again], { golden }).found).toContain(
      'doubled: a second row was made for a person',
    );
  });

  it('carries on the row that was there before: what was edited there goes on', () => {
    const edited: ExampleStep = { on: 'lead', by: 'human', id: rowId, set: { telephone1: '2' } };
    const steps = [...linkedPair('lead'), edited, removed];
    const remade = (telephone1: string): ExampleStep => ({ ...made(laterId), set: { telephone1 } });
    const news: ExampleStep = { ...told(laterId), set: { crmId: laterId, phone: '2' } };

    expect(judge(sync, [...steps, remade('2'), news], { golden }).found).toEqual([]);
    expect(judge(sync, [...steps, remade('1'), told(laterId)], { golden }).found).not.toEqual([]);
  });
});
