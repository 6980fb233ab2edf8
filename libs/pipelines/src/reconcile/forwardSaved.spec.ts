import { topics, type InboxMessage, type MarketerRequest } from '@lockstep/change-events';
import { inMemoryStores } from '@lockstep/ports';
import { defaultMapping, nativePolicy } from '@lockstep/reconciliation';
import { exampleClock, exampleEvent, exampleId } from '../pipelineFixtures.ts';
import { createReconciler } from '../reconcileChanges.ts';

const [golden, other] = [exampleId(1), exampleId(2)];
const leadId = exampleId(3);

const at = '2026-11-22T10:00:00Z';
const request: MarketerRequest = {
  ...{ requestId: 'webhook/1', personId: '7', kind: 'SYNC_PERSON', state: 'QUEUED', door: 'WEBHOOK' },
  ...{ arguments: { as: 'lead' }, askedAt: at, at, code: null, detail: null },
};

const shown = { goldenId: golden, kind: 'event', written: null } as const;
const names = { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com' };
const person: InboxMessage = {
  ...{ ...shown, system: 'marketo', table: 'lead' },
  event: exampleEvent({ recordId: '7', eventId: 'person', version: null, fields: names }),
};
const lead: InboxMessage = {
  ...{ ...shown, system: 'dynamics', table: 'lead' },
  event: exampleEvent({ recordId: leadId }),
};
const asked: InboxMessage = { kind: 'request', goldenId: golden, request };
const wakeUp = { kind: 'wake-up', goldenId: golden, target: other } as const;

/** Processes that share their stores; what a process says is lost unless the offset of its batch is committed. */
function createSetting() {
  const stores = inMemoryStores();
  let offset = 0;
  const start = () =>
    createReconciler({
      ...{ ...stores, clock: exampleClock(), mapping: defaultMapping, policy: nativePolicy },
      writeDynamics: () => Promise.resolve(),
    });
  return {
    /** What a new process tells other records when it gets this message, committed or not. */
    async tell(value: InboxMessage, { process = start(), commits = false } = {}) {
      offset += 1;
      const message = { topic: topics.inbox, partition: 0, offset: String(offset), key: golden, value };
      const incoming = [{ ...message, undecodable: null, headers: {} }];
      const { messages, afterCommit } = await process({
        topic: topics.inbox,
        partition: 0,
        messages: incoming,
      });
      if (commits) await afterCommit?.();
      return messages.flatMap(({ topic, value: told }) => (topic === topics.inbox ? [told] : []));
    },
    start,
  };
}

it.each([
  ['a request of a person that joins another record', [person, asked], 'join', { kind: 'request', request }],
  [
    'a record that its row was parted from a person',
    [lead, person],
    'unlink',
    { kind: 'wake-up', reason: 'parted', target: 'marketo/person/7' },
  ],
] as const)('tells %s again when it died before it was published', async (_, before, reason, told) => {
  const { tell, start } = createSetting();
  for (const message of before) await tell(message, { commits: true });

  const first = await tell({ ...wakeUp, reason });
  const process = start();
  const again = await tell({ ...wakeUp, reason }, { process, commits: true });
  const later = await tell({ ...wakeUp, reason }, { process });

  expect(first).toContainEqual(expect.objectContaining({ ...told, goldenId: other }));
  expect(again).toContainEqual(expect.objectContaining({ ...told, goldenId: other }));
  expect(later).not.toContainEqual(expect.objectContaining(told));
});
