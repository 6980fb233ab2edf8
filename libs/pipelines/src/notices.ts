import { isoTime, topics, type Notice } from '@lockstep/change-events';
import type { OutgoingMessage } from '@lockstep/ports';

const sentences = {
  SNAPSHOT_COMPLETED: {
    severity: 'info',
    sentence: 'Everything has been read once; from now on changes are followed.',
  },
  FIRST_READS_COMPLETE: {
    severity: 'info',
    sentence: 'Both sides have been read once; people that are missing are created now.',
  },
  RECORD_WAITS: {
    severity: 'warning',
    sentence: 'A record waits; its code says why. It is tried again by itself.',
  },
} as const;

export type NoticeCode = keyof typeof sentences;

/** What an operator should know, as a message. `entity` names ids only. */
export function notice(
  code: NoticeCode,
  entity: string,
  facts: {
    readonly counts: Readonly<Record<string, number>>;
    readonly atMs: number;
    readonly cause?: string;
  },
): OutgoingMessage {
  const { severity, sentence } = sentences[code];
  const value: Notice = {
    noticeId: `${code}/${entity}/${facts.atMs}`,
    code: facts.cause ?? code,
    severity,
    entity,
    sentence,
    counts: facts.counts,
    facts: null,
    at: isoTime(facts.atMs),
  };
  return { topic: topics.notices, key: `${value.code}/${entity}`, value };
}
