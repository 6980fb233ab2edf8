import { createCodec } from './codec.ts';
import { createMessageCodec, subjectSchemas } from './messageCodec.ts';
import { topicSchemas } from './topicSchemas.ts';
import { dynamicsTables, topicDefinitions, topicName, topics, type TopicPolicy } from './topics.ts';

const dayMs = 86_400_000;
const forEver: TopicPolicy = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': `${7 * dayMs}`,
  'delete.retention.ms': `${30 * dayMs}`,
};
const latest: TopicPolicy = { 'cleanup.policy': 'compact', 'delete.retention.ms': `${30 * dayMs}` };
const days = (count: number): TopicPolicy => ({
  'cleanup.policy': 'delete',
  'retention.ms': `${count * dayMs}`,
});

const tables = [
  ...['lead', 'contact', 'account', 'systemuser', 'team', 'teammembership'],
  ...['opportunity', 'connection', 'connectionrole', 'campaign'],
];

/** The table of the design: name, key, policy. */
const contract: readonly (readonly [string, string, TopicPolicy])[] = [
  ...tables.map((table) => [`dynamics.${table}.changes`, 'row GUID, lower case', forEver] as const),
  ['marketing.lead.changes', 'Marketo person id', forEver],
  ['marketing.contact.changes', 'Marketo person id', forEver],
  ...['person', 'account', 'user', 'team', 'opportunity', 'role', 'connectionrole'].map(
    (entity) => [`golden.${entity}.changes`, 'golden id', forEver] as const,
  ),
  ['lockstep.inbox', 'golden id', days(7)],
  ['lockstep.inbox.backfill', 'golden id', days(7)],
  ['marketing.writes', 'golden id', days(7)],
  ['marketing.writes.backfill', 'golden id', days(7)],
  ['marketing.outcomes', 'golden id', days(7)],
  ['marketing.requests', 'Marketo person id', days(30)],
  ['lockstep.checkpoints', 'source and table', latest],
  ['lockstep.control', 'target', latest],
  ['lockstep.notices', 'code and entity', days(14)],
  ['lockstep.dead-letters', 'original key', days(30)],
];

const named = (name: string) => topicDefinitions(['new_region']).find((topic) => topic.name === name);

describe('the topics', () => {
  it.each(contract)('hold %s by %s', (name, key, policy) => {
    expect(named(name)).toMatchObject({ key, policy });
    expect(named(name)?.policy).toEqual(policy);
  });

  it('are those and no others, each once', () => {
    const names = topicDefinitions().map(({ name }) => name);

    expect(names.sort()).toEqual(contract.map(([name]) => name).sort());
    expect([...dynamicsTables]).toEqual(tables);
  });

  it('follow a table that the configuration names', () => {
    expect(named('dynamics.new_region.changes')?.policy).toEqual(forEver);
    expect(named('golden.new_region.changes')?.policy).toEqual(forEver);
  });

  it.each([
    ['both lanes of the inbox', topics.inbox, topics.inboxBackfill],
    ['both lanes of the commands', topics.writes, topics.writesBackfill],
    ['both kinds of person', topics.marketingChanges('lead'), topics.marketingChanges('contact')],
  ])('have as many partitions for %s, so that a key meets itself', (_what, one, other) => {
    expect(named(one)?.partitions).toBeGreaterThan(0);
    expect(named(one)?.partitions).toBe(named(other)?.partitions);
  });

  it.each([topics.checkpoints, topics.control])('keep %s in one order', (name) => {
    expect(named(name)?.partitions).toBe(1);
  });

  it('are defined for every schema that is written', () => {
    const names = topicDefinitions().map(({ name }) => name);

    expect([...topicSchemas().keys()].filter((topic) => !names.includes(topic))).toEqual([]);
  });
});

describe('the prefix of a tenant', () => {
  it('stands before the name of a topic, and nowhere without one', () => {
    expect(topicName('acme', topics.inbox)).toBe('acme.lockstep.inbox');
    expect(topicName('', topics.inbox)).toBe('lockstep.inbox');
  });

  it('is part of the subject under which a schema is registered', async () => {
    const subjects: string[] = [];
    const ids = {
      idOf: (subject: string) => Promise.resolve(subjects.push(subject)),
      schemaOf: () => Promise.reject(new Error('nothing is read')),
    };
    const codec = createMessageCodec(createCodec(ids, subjectSchemas(topicSchemas(), 'acme')), 'acme');

    await codec.encode(topics.inbox, { kind: 'wake-up', goldenId: 'g', reason: 'due', target: null });

    expect(subjects).toEqual(['acme.lockstep.inbox-value']);
  });
});
