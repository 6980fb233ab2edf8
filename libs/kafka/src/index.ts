export { createKafkaClient, type KafkaClientSettings, type KafkaLog } from './createKafkaClient.ts';
export { openKafka, type KafkaConfig } from './openKafka.ts';
export { createEventLog } from './createEventLog.ts';
export type { BatchReport, EventLogSettings } from './consumeSettings.ts';
export { followControl, type ControlFollower } from './followControl.ts';
export { followTopic, type FollowOptions, type Visit } from './followTopic.ts';
export { createLeaseKeeper, type LeaseKeeperSettings } from './createLeaseKeeper.ts';
export { leaseMembers, type LeaseMembers } from './leaseMembers.ts';
export { rewindGroups, type Rewound, type RewindSettings } from './rewindGroups.ts';
export {
  applyTopics,
  checkTopics,
  planTopics,
  type Replication,
  type TopicPlan,
  type TopicSettings,
} from './topicPlan.ts';
