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
  INBOX_EXPIRED: {
    severity: 'error',
    sentence:
      'Messages waited in the inbox for longer than it keeps them; the counts say how many. Read both sides again.',
  },
  SNAPSHOT_PROGRESS: {
    severity: 'info',
    sentence: 'A whole table is being read; the counts say how far it is.',
  },
  READ_HELD_BACK: {
    severity: 'warning',
    sentence:
      'The read of a whole table waits for its consumers; the facts name their group, the counts how far it is behind.',
  },
  DELIVERY_PROGRESS: {
    severity: 'info',
    sentence: 'A first load or another backfill is being written to Marketo; the counts say how far it is.',
  },
  DELIVERY_COMPLETED: {
    severity: 'info',
    sentence: 'All of a backfill is written to Marketo, or was refused.',
  },
  RESYNC_STARTED: {
    severity: 'warning',
    sentence: 'The place in the changes of a table is lost; the table is compared with what is published.',
  },
  RESYNC_COMPLETED: {
    severity: 'info',
    sentence: 'A table was compared with what is published; what differed is published.',
  },
  RESYNC_DELETES_HELD: {
    severity: 'warning',
    sentence: 'More rows are missing than may be deleted unasked; confirm or cancel.',
  },
  BACKFILL_COMPLETED: { severity: 'info', sentence: 'The rows that were asked for are announced again.' },
  WRITES_BRAKED: {
    severity: 'error',
    sentence:
      'More records than usual would be written to one side; writes to it are withheld until an operator lets them flow.',
  },
  FEEDS_REOPENED: {
    severity: 'warning',
    sentence: 'The place in the feeds of Marketo is lost or too old; they are read again from before it.',
  },
  PEOPLE_COMPARED: {
    severity: 'info',
    sentence:
      'All known people were looked for in Marketo; who differs from what is published, or is gone, is announced.',
  },
  PEOPLE_DELETES_HELD: {
    severity: 'warning',
    sentence: 'More people are missing in Marketo than may be deleted unasked; confirm or cancel.',
  },
  EPOCH_RAISED: {
    severity: 'warning',
    sentence: 'The environment is another one or was put back; its versions count anew.',
  },
  COLUMN_STOPPED: {
    severity: 'warning',
    sentence: 'A column is not published any more; the reason says why, and the other columns go on.',
  },
  CONTROL_DONE: { severity: 'info', sentence: 'A command was carried out.' },
  CONTROL_REFUSED: { severity: 'warning', sentence: 'A command was refused; the reason says why.' },
  PAUSE_NEAR_EXPIRY: {
    severity: 'warning',
    sentence:
      'A pause lasts nearly as long as the source remembers what happened; after that all of it is compared.',
  },
  TABLE_WAITS: {
    severity: 'error',
    sentence: 'A table cannot be read; the reason says why. It is tried again by itself, other tables go on.',
  },
  REQUESTS_RUN_SHORT: {
    severity: 'warning',
    sentence: 'At the present rate the day’s requests to Dataverse are spent before the day ends.',
  },
  REQUESTS_SPENT: {
    severity: 'error',
    sentence: 'The day’s requests to Dataverse are spent; work goes on at midnight UTC.',
  },
  CALLS_RUN_SHORT: {
    severity: 'warning',
    sentence: 'At the present rate the day’s calls to Marketo are spent before the day ends.',
  },
  CALLS_SPENT: {
    severity: 'error',
    sentence: 'The day’s calls to Marketo are spent; work goes on at midnight US Central time.',
  },
  MARKETO_NOT_READY: {
    severity: 'error',
    sentence:
      'Marketo is not set up as the service needs it; nothing is read or sent. The facts name every fault.',
  },
  MARKETO_LIMITED: {
    severity: 'warning',
    sentence: 'The service works, but not with everything it needs of Marketo; the facts name every fault.',
  },
  MARKETO_SCHEMA_CREATED: {
    severity: 'info',
    sentence: 'Fields that were missing in Marketo were made, as the settings allow; the facts name them.',
  },
  VALUES_UNFIT: {
    severity: 'warning',
    sentence:
      'Values do not fit a field of Marketo; the counts say how many were left out, cut or sent all the same.',
  },
  REQUESTS_REFUSED: {
    severity: 'warning',
    sentence:
      'Requests of marketers cannot be carried out as they were written; each is stored with the reason.',
  },
  OPERATOR_ASKED: {
    severity: 'info',
    sentence: 'An operator asked something of a record, or of several; the facts say what, and who.',
  },
  RECORD_WAITS: {
    severity: 'warning',
    sentence: 'A record waits; its code says why. It is tried again by itself.',
  },
} as const;

export type NoticeCode = keyof typeof sentences;

/** What an operator should know, as a message. `entity` and `facts` hold names, ids and codes only. */
export function notice(
  code: NoticeCode,
  entity: string,
  content: {
    readonly counts: Readonly<Record<string, number>>;
    readonly atMs: number;
    readonly cause?: string;
    readonly facts?: Readonly<Record<string, string>>;
  },
): OutgoingMessage {
  const { severity, sentence } = sentences[code];
  const { counts, atMs, cause, facts = null } = content;
  const value: Notice = {
    noticeId: [code, entity, facts?.['controlId'] ?? facts?.['column'], atMs].filter(Boolean).join('/'),
    code: cause ?? code,
    severity,
    entity,
    sentence,
    counts,
    facts,
    at: isoTime(atMs),
  };
  return { topic: topics.notices, key: `${value.code}/${entity}`, value };
}
