import {
  topics,
  type ChangeEvent,
  type GoldenEvent,
  type InboxMessage,
  type MarketerRequest,
  type OperatorWish,
} from '@lockstep/change-events';
import { fromLog, type History, type KeyedMessage, type RequestHistory } from '@lockstep/checker';
import { campaign } from './askActs.ts';
import type { World } from './world.ts';

/** What both sides logged, what is on the topics, and what is stored. */
export function historyOf(world: World): History {
  const { dynamics, marketo, log, stores, mapping, plan } = world;
  const values = <Value>(topic: string): KeyedMessage<Value>[] =>
    log.messages(topic).map(({ key, value }) => ({ key, value: value as Value | null }));
  const rowsOf = (table: string) => dynamics.rows(table).map(({ id, fields }) => ({ id, fields }));
  const changeTopics = (['lead', 'contact'] as const).flatMap((kind) => [
    topics.dynamicsChanges(kind),
    topics.marketingChanges(kind),
  ]);
  return {
    dynamics: {
      states: fromLog(dynamics.states),
      rows: { lead: rowsOf('lead'), contact: rowsOf('contact') },
    },
    marketo: { states: fromLog(marketo.states), persons: marketo.persons() },
    golden: values<GoldenEvent>(topics.goldenChanges('person')).flatMap(({ value }) => value ?? []),
    changes: Object.fromEntries(changeTopics.map((topic) => [topic, values<ChangeEvent>(topic)])),
    stored: stores.all(),
    mapping,
    matchByEmail: plan.matchByEmail,
    ...(plan.rules && { rules: plan.rules }),
    mergedPersons: world.mergedPersons,
    ...(world.asked.length > 0 && { requests: requestsOf(world) }),
    unlinks: askedFor(world, 'unlink'),
    recreations: askedFor(world, 'review-recreate'),
  };
}

function requestsOf({ asked, dynamics, log }: World): RequestHistory {
  return {
    accepted: asked.map(({ id, personId }) => ({ requestId: `webhook/${id}`, personId })),
    states: log.messages(topics.requests).map(({ value }) => value as MarketerRequest),
    tasks: dynamics.tasks(),
    members: dynamics.members(campaign.id).map(({ memberId }) => memberId),
  };
}

function askedFor({ log }: World, wish: OperatorWish): { readonly goldenId: string }[] {
  return log.messages(topics.inbox).flatMap(({ value }) => {
    const message = value as InboxMessage;
    return message.kind === 'wake-up' && message.reason === wish ? [{ goldenId: message.goldenId }] : [];
  });
}
