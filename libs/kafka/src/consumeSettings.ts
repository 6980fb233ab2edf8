import type { BatchHandler, ConsumeOptions } from '@lockstep/ports';
import type { Kafka } from 'kafkajs';
import type { EncodeSettings } from './outgoingRecords.ts';
import type { SharedWriters } from './sharedWriters.ts';

/** What a committed batch cost; for metrics. `messages` were read, `published` written. */
export type BatchReport = {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly messages: number;
  readonly published: number;
  readonly handleMs: number;
  readonly commitMs: number;
};

export type GroupOutage = {
  /** At every try that fails. */
  failed(failure: unknown): void;
  /** All that this process has of the group goes on. */
  worked(): void;
  /** Nobody tries any more. */
  ended(): void;
};

export type EventLogSettings = EncodeSettings & {
  readonly kafka: Kafka;
  /** Tells instances apart in the names of throwaway groups; unique per process. */
  readonly instanceId: string;
  /** Whom to tell of a consumer group of this process that gets on no further. */
  readonly outageOf?: (group: string) => GroupOutage;
  readonly onBatch?: (report: BatchReport) => void;
  readonly random?: () => number;
};

export type Consumption = {
  readonly settings: EventLogSettings;
  readonly options: ConsumeOptions;
  readonly handler: BatchHandler;
  readonly writers: SharedWriters;
  readonly outage: GroupOutage | undefined;
  /** Aborts when nothing new shall be started. */
  readonly signal: AbortSignal;
};
