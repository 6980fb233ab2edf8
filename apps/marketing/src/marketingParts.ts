import type { FieldDefinition } from '@lockstep/change-events';
import type { EventLogSettings } from '@lockstep/kafka';
import type { Marketo } from '@lockstep/marketo';
import type { MongoStores } from '@lockstep/mongodb';
import type { HintBell } from '@lockstep/pipelines';
import type { EventLog } from '@lockstep/ports';
import type { Service } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import type { RequestEntrance } from './requests/requestEntrance.ts';

/** What the loops of this process share. */
export type Parts = {
  readonly config: Config;
  /** What is read of persons. */
  readonly fields: readonly FieldDefinition[];
  readonly marketo: Marketo;
  readonly stores: MongoStores;
  readonly kafka: EventLogSettings;
  readonly eventLog: EventLog;
  readonly service: Service;
  /** Wakes the reader of the feed. */
  readonly bell: HintBell;
  readonly entrance: RequestEntrance;
};
