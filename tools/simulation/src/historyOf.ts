import {
  topics,
  type ChangeEvent,
  type GoldenEvent,
  type InboxMessage,
  type MarketerRequest,
  type OperatorWish,
} from '@lockstep/change-events';
import {
  fromLog,
  type AccountsHistory,
  type History,
  type KeyedMessage,
  type RequestHistory,
} from '@lockstep/checker';
import { campaign } from './askActs.ts';
import type { ObjectWrite } from '@lockstep/ports';
import { customTables, type Plan } from './actions.ts';
import type { World } from './world.ts';

const personTables = ['lead', 'contact'] as const;
const accountTables = ['account', 'opportunity'] as const;
const entities = ['account', 'opportunity', 'role', ...customTables] as const;

const tablesOf = ({ accounts, customs }: Plan): readonly string[] => [
  ...personTables,
  ...(accounts ? accountTables : []),
  ...(customs ? customTables : []),
];

/** What both sides logged, what is on the topics, and what is stored. */
export function historyOf(world: World): History {
  const { dynamics, marketo, log, stores, mapping, plan } = world;
  const values = <Value>(topic: string): KeyedMessage<Value>[] =>
    log.messages(topic).map(({ key, value }) => ({ key, value: value as Value | null }));
  const rowsOf = (table: string) => dynamics.rows(table).map(({ id, fields }) => ({ id, fields }));
  const tables = tablesOf(plan);
  const changeTopics = [
    ...tables.map((table) => topics.dynamicsChanges(table)),
    ...personTables.map((kind) => topics.marketingChanges(kind)),
  ];
  return {
    dynamics: {
      states: fromLog(dynamics.states),
      rows: Object.fromEntries(tables.map((table) => [table, rowsOf(table)])),
    },
    marketo: { states: fromLog(marketo.states), persons: marketo.persons() },
    golden: values<GoldenEvent>(topics.goldenChanges('person')).flatMap(({ value }) => value ?? []),
    changes: Object.fromEntries(changeTopics.map((topic) => [topic, values<ChangeEvent>(topic)])),
    stored: stores.all().filter(({ entity }) => entity === undefined),
    mapping,
    matchByEmail: plan.matchByEmail,
    ...rulesIn(world),
    mergedPersons: world.mergedPersons,
    ...(world.asked.length > 0 && { requests: requestsOf(world) }),
    ...((plan.accounts ?? plan.customs) && { accounts: accountsOf(world) }),
    unlinks: askedFor(world, 'unlink'),
    recreations: askedFor(world, 'review-recreate'),
  };
}

/** The last ones, and what was said before. */
function rulesIn({ rulings, ruledSinceMs }: World): Pick<History, 'rules' | 'formerRules' | 'ruledSinceMs'> {
  const all = rulings.map(({ rules }) => rules);
  const [rules, former] = [all.at(-1), all.slice(0, -1)];

  return {
    ...(rules && { rules }),
    ...(former.length > 0 && { formerRules: former.map((each) => each ?? {}), ruledSinceMs }),
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

function accountsOf({ objects, log, stores, plan }: World): AccountsHistory {
  const events = entities.flatMap((entity) => log.messages(topics.goldenChanges(entity)));
  const { writes } = objects;
  const needless = writes.filter((write) => !write.isChange && !isOvertaking(writes, write));
  return {
    companies: objects.records('company'),
    opportunities: objects.records('opportunity'),
    roles: objects.records('role'),
    customs: { new_visit: objects.records('custom:visit'), new_bill: objects.records('custom:bill') },
    golden: events.flatMap(({ value }) => (value as GoldenEvent | null) ?? []),
    stored: stores.all().filter(({ entity }) => entity !== undefined),
    needless: isCalm(plan) ? needless.map(({ entity, record }) => `${entity} ${JSON.stringify(record)}`) : [],
  };
}

/** What is edited while its creation waits in the lane of a first read is told as a whole once more. */
function isOvertaking(writes: readonly ObjectWrite[], write: ObjectWrite): boolean {
  const former = writes.slice(0, writes.indexOf(write)).findLast((each) => isOfOne(each, write));

  return former?.result === 'CREATED';
}

const keyNames = (entity: string): readonly string[] => {
  if (entity === 'company') return ['externalCompanyId'];

  return entity.startsWith('custom:') ? ['key'] : ['externalOpportunityId', 'leadId', 'role'];
};

const isOfOne = (one: ObjectWrite, other: ObjectWrite): boolean =>
  one.entity === other.entity &&
  keyNames(one.entity).every((name) => one.record[name] === other.record[name]);

/** Nothing was delivered twice, no answer was lost, and none was waited for so long that it was asked again. */
const isCalm = ({ actions }: Plan): boolean =>
  actions.every((action) => calm.has(action.kind) && !('fault' in action && action.fault)) &&
  // Marketo gives the roles of a person that is merged away to the winner.
  !actions.some((action) => action.kind === 'human' && action.act.do === 'merge') &&
  actions.reduce((sum, action) => sum + (action.kind === 'pass' ? action.ms : 0), 0) < 100_000;

const calm: ReadonlySet<string> = new Set(['human', 'operator', 'step', 'settle', 'rest', 'pass']);

function askedFor({ log }: World, wish: OperatorWish): { readonly goldenId: string }[] {
  return log.messages(topics.inbox).flatMap(({ value }) => {
    const message = value as InboxMessage;
    return message.kind === 'wake-up' && message.reason === wish ? [{ goldenId: message.goldenId }] : [];
  });
}
