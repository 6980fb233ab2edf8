import { topicName } from '@lockstep/change-events';

/** Groups and transactional ids of a tenant: `prefix/part/part`. */
export const scopedId = (prefix: string, ...parts: readonly (string | number)[]): string =>
  [prefix, ...parts].filter((part) => part !== '').join('/');

/** The consumer group `group` of a tenant as the broker knows it. */
export const groupName = (prefix: string, group: string): string => scopedId(prefix, group);

/** Undoes `topicName`. */
export const plainTopic = (prefix: string, name: string): string => name.slice(topicName(prefix, '').length);
