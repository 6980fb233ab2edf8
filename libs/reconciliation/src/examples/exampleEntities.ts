import type {
  ChangeEvent,
  DeliveryOutcome,
  FieldValues,
  InboxMessage,
  Scalar,
  System,
  WriteCommand,
} from '@lockstep/change-events';
import { decide } from '../decide.ts';
import type { Decision } from '../decision.ts';
import type { EntityType } from '../entityType.ts';
import { builtInType, entityOfTable } from '../entityTypes.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import { nativePolicy } from '../policy.ts';

export const accountId = '00000000-0000-4000-8000-000000000001';
export const ownerId = '00000000-0000-4000-8000-000000000002';

/** An account of the owner above. */
export const accountFields: FieldValues = {
  name: 'Example Ltd',
  industrycode: { value: 1, label: 'Accounting' },
  revenue: '1200.5',
  ownerid: { id: ownerId, table: 'systemuser' },
};

export const goldenId = 'golden-1';

type Change = Partial<ChangeEvent> & { readonly table?: string };

/** A history of one record beside persons, of a custom type where one is given: what arrives is told line by line. */
export function createEntityStory(table = 'account', custom?: EntityType, policy = nativePolicy) {
  const type = custom ?? builtInType(entityOfTable(table) ?? '');
  if (!type) throw new Error(`${table} is no table of records beside persons`);
  const state = {
    mapping: type.mapping,
    record: null as GoldenRecord | null,
    nowMs: Date.parse('2026-11-22T10:00:00Z'),
    parents: new Map<string, Scalar>(),
    withheld: new Set<System>(),
    answers: 0,
  };

  function receive(message: InboxMessage): Decision {
    const decision = decide(state.record, message, {
      mapping: state.mapping,
      custom,
      policy,
      nowMs: state.nowMs,
      firstReadsComplete: false,
      ...{ claims: [], owners: new Map<string, string>() },
      parents: state.parents,
      ...{ published: new Set<string>(), withheld: state.withheld },
    });
    state.record = decision.record;
    return decision;
  }

  return {
    state,
    /** A row as it is at a version, which is also the number of its page. */
    row: (version: number, fields: FieldValues, changes: Change = {}) =>
      receive(eventMessage(table, version, { fields, ...changes })),
    deleted: (page: number) =>
      receive(eventMessage(table, page, { operation: 'DELETE', version: null, fields: null })),
    /** What a person shows of the company of the account, as read by a call. */
    shown: (number: number, fields: FieldValues) => {
      const change = { fields, version: null, eventId: `marketo/${number}/company` };
      return receive({ ...eventMessage('contact', number, change), system: 'marketo' });
    },
    /** The answer of Dynamics to the write of a decision: the row as it is after it. */
    written: ({ dynamicsWrites: [entry] }: Decision, version: number, fields: FieldValues) => {
      const change = { fields, version: { epoch: 1, number: version } };
      const written = { entryId: entry?.entryId ?? '', result: 'WRITTEN', code: null } as const;
      const answer = { ...written, field: null, detail: null };
      return receive({ ...eventMessage(table, 0, change), written: answer });
    },
    /** Marketo's answer to the command of a decision. */
    answer: ({ commands: [command] }: Decision, answer: Partial<DeliveryOutcome>) =>
      receive(outcomeMessage(command, (state.answers += 1), answer)),
    /** What an operator asks of the record, or its own message once that has come round. */
    wish: (reason: Reason, target?: string) => receive(wakeUpMessage(reason, target)),
    wakeUp: (elapsedMs: number) => {
      state.nowMs += elapsedMs;
      return receive(wakeUpMessage('due'));
    },
  };
}

type Reason = Extract<InboxMessage, { kind: 'wake-up' }>['reason'];

const wakeUpMessage = (reason: Reason, target: string | null = null): InboxMessage => ({
  ...{ kind: 'wake-up', goldenId, reason, target },
});

function eventMessage(
  table: string,
  number: number,
  changes: Change,
): Extract<InboxMessage, { kind: 'event' }> {
  const event: ChangeEvent = {
    eventId: `${table}/${number}`,
    operation: 'UPSERT',
    recordId: accountId,
    version: { epoch: 1, number },
    page: { epoch: 1, number },
    changedAt: null,
    observedAt: '2026-11-22T10:00:00Z',
    changedBy: null,
    lane: 'LIVE',
    fields: {},
    mergedInto: null,
    evidence: null,
    ...changes,
  };
  return { kind: 'event', goldenId, system: 'dynamics', table, event, written: null };
}

function outcomeMessage(
  command: WriteCommand | undefined,
  number: number,
  answer: Partial<DeliveryOutcome>,
): InboxMessage {
  if (!command) throw new Error('there is no command to answer');
  const { commandId, revision, lane, fields } = command;
  const outcome: DeliveryOutcome = {
    ...{ commandId, goldenId, revision, lane },
    result: 'CREATED',
    personId: '17',
    accepted: fields,
    state: null,
    sent: null,
    answered: { epoch: 1, number },
    code: null,
    field: null,
    detail: null,
    retryAt: null,
    at: '2026-11-22T10:00:00Z',
    ...answer,
  };
  return { kind: 'outcome', goldenId, outcome };
}
