import { topics, type Control, type Notice, type ScalarValues } from '@lockstep/change-events';
import { inMemoryEventLog, inMemoryMarketo } from '@lockstep/ports';
import { openNotifier, type NoticeOptions } from '../noticeChanges.ts';
import { checkpointOf, eventsOf, exampleClock, exampleLease, stepUntilIdle } from '../pipelineFixtures.ts';

export const leads = topics.marketingChanges('lead');
export const dayMs = 86_400_000;

const two = [{ lastName: 'One' }, { lastName: 'Two' }];

/** Persons that were read, and a reader that obeys `commands`. */
export async function followed(persons: readonly ScalarValues[] = two) {
  const clock = exampleClock();
  const marketo = inMemoryMarketo({ now: clock.now });
  const log = inMemoryEventLog();
  const commands: Control[] = [];
  const calls: string[] = [];
  marketo.hooks.beforeCall = (operation) => void calls.push(operation);
  const open = (changes: Partial<NoticeOptions> = {}) =>
    openNotifier({
      ...changes,
      ...{ people: marketo, log, lease: exampleLease(), clock, commands: () => commands },
      ...{ pollIntervalMinMs: 500, pollIntervalMaxMs: 4_000, deletedIntervalMs: 30_000 },
    });
  marketo.seed(persons);
  const reader = await open();
  await stepUntilIdle(reader);
  const notices = (code: string) =>
    eventsOf<Notice>(log, topics.notices).filter((told) => told.code === code);

  return {
    ...{ clock, marketo, log, calls, open, reader, notices },
    command: (action: Control['action'], changes: Partial<Control> = {}) =>
      void commands.push({
        ...{ controlId: `c${commands.length}`, action, target: 'marketo/person', actor: 'ann@host' },
        ...{ filter: null, columns: null, from: null, to: null, at: '2026-11-22T10:00:00Z' },
        ...changes,
      }),
    lastOf: (id: string) => eventsOf(log, leads, id).at(-1),
    checkpoint: () => checkpointOf(log, 'marketo/person'),
  };
}

export type Setting = Awaited<ReturnType<typeof followed>>;

/** A value of Marketo that no feed tells of. */
export function editUnseen({ marketo }: Setting, id: string, city: string): void {
  const { findPersons } = marketo;
  marketo.findPersons = async (field, values) =>
    (await findPersons(field, values)).map((person) =>
      person.id === id ? { id, fields: { ...person.fields, city } } : person,
    );
}

export const people = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ lastName: `Name ${n}`, email: `n${n}@example.com` }));

/** Whom the query announced: nothing of a feed led to them. */
export const announced = ({ log }: Setting) =>
  eventsOf(log, leads)
    .filter(({ evidence }) => evidence?.rows.length === 0)
    .map(({ recordId }) => recordId)
    .sort();
