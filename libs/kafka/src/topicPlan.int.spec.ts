import { randomUUID } from 'node:crypto';
import { topicDefinitions, topics, type TopicDefinition } from '@lockstep/change-events';
import { ConfigResourceTypes } from 'kafkajs';
import { testKafka } from './testBroker.ts';
import { applyTopics, checkTopics, planTopics } from './topicPlan.ts';
import { withAdmin } from './withAdmin.ts';

const kafka = testKafka(process.env['KAFKA_BROKERS']);
const newPrefix = () => `t${randomUUID().slice(0, 8)}`;
const names: readonly string[] = [topics.outcomes, topics.checkpoints];
const some = topicDefinitions().filter(({ name }) => names.includes(name));
const actions = (plans: readonly { action: string }[]) => plans.map(({ action }) => action);

const changed = (change: (definition: TopicDefinition) => TopicDefinition) => some.map(change);

describe('planning topics', () => {
  it('creates every topic of the product, and has nothing to do the second time', async () => {
    const settings = { kafka, prefix: newPrefix(), definitions: topicDefinitions() };
    expect(new Set(actions(await planTopics(settings)))).toEqual(new Set(['create']));

    await applyTopics(settings);

    expect(new Set(actions(await planTopics(settings)))).toEqual(new Set(['ok']));
    await expect(checkTopics(settings)).resolves.toBeUndefined();
  });

  it('sets a policy right and leaves alone what it has no opinion on', async () => {
    const prefix = newPrefix();
    const short = changed((d) => ({ ...d, policy: { ...d.policy, 'delete.retention.ms': '1000' } }));
    await applyTopics({ kafka, prefix, definitions: short });
    const topic = `${prefix}.${topics.checkpoints}`;
    const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
    await withAdmin(kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [{ ...resource, configEntries: [{ name: 'max.message.bytes', value: '2000000' }] }],
      }),
    );
    const settings = { kafka, prefix, definitions: some };
    const plan = (await planTopics(settings)).find((entry) => entry.topic === topic);
    expect(plan?.action).toBe('wrong');
    expect(plan?.differences.join()).toContain('delete.retention.ms: is 86400000, should be 2592000000');

    await applyTopics(settings);

    expect(actions(await planTopics(settings))).toEqual(['ok', 'ok']);
    const described = await withAdmin(kafka, (admin) =>
      admin.describeConfigs({ includeSynonyms: false, resources: [resource] }),
    );
    const entries = described.resources[0]?.configEntries ?? [];
    expect(entries.find(({ configName }) => configName === 'max.message.bytes')?.configValue).toBe('2000000');
  });

  it('never changes partitions, and names them', async () => {
    const prefix = newPrefix();
    await applyTopics({
      kafka,
      prefix,
      definitions: changed((d) => ({ ...d, partitions: d.partitions + 1 })),
    });
    const settings = { kafka, prefix, definitions: some };

    await applyTopics(settings);

    expect(actions(await planTopics(settings))).toEqual(['wrong', 'wrong']);
    await expect(checkTopics(settings)).rejects.toMatchObject({
      code: 'TOPIC_SETTINGS_WRONG',
      message: expect.stringMatching(
        /outcomes.*partitions: is 4, should be 3.*checkpoints.*partitions: is 2/,
      ),
    });
  });

  /** A service does not know how many copies the cluster keeps; once it took them for one, and began on no cluster of several brokers. */
  it('leaves the copies of a topic to whoever made it, unless it is told how many there should be', async () => {
    const prefix = newPrefix();
    const replication = { factor: 1, minInsyncReplicas: 2 };
    await applyTopics({ kafka, prefix, definitions: some, replication });
    const settings = { kafka, prefix, definitions: some };

    await expect(checkTopics(settings)).resolves.toBeUndefined();

    const more = { ...settings, replication: { factor: 3, minInsyncReplicas: 3 } };
    for (const { differences } of await planTopics(more))
      expect(differences).toEqual([
        'replication.factor: is 1, should be 3',
        'min.insync.replicas: is 2, should be 3',
      ]);
  });

  it('names every missing topic at once', async () => {
    await expect(checkTopics({ kafka, prefix: newPrefix(), definitions: some })).rejects.toMatchObject({
      code: 'TOPIC_MISSING',
      message: expect.stringMatching(/marketing\.outcomes, .*lockstep\.checkpoints/),
    });
  });
});
