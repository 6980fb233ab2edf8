import { SyncError } from '@lockstep/change-events';
import type { Directions, ExplainStores, ReplayOptions } from '@lockstep/pipelines';
import type { MappingRow } from '@lockstep/reconciliation';
import type { RulesSource } from '@lockstep/rules';
import type { FastifyInstance } from 'fastify';
import type {
  Clock,
  DynamicsWriter,
  EventLog,
  GoldenStore,
  OutcomeCountStore,
  Publisher,
  SyncStateStore,
  TroubleReader,
  WaitingWriteReader,
} from '@lockstep/ports';

/** What the operator's API reads and acts through. */
export type OperatorParts = {
  readonly stores: Omit<ExplainStores, 'golden'> & {
    readonly golden: Pick<GoldenStore, 'load' | 'countWithheld' | 'page'>;
    readonly troubles: TroubleReader;
    readonly waitingWrites: WaitingWriteReader;
    readonly outcomeCounts: Pick<OutcomeCountStore, 'totals'>;
    readonly syncState: Pick<SyncStateStore, 'firstReadsComplete'>;
  };
  readonly log: Pick<EventLog, 'readLatest' | 'lag'>;
  readonly directions: Pick<Directions, 'withheld' | 'heldFor' | 'flowingSinceMs'>;
  /** Consumer groups of this service, by what they do, with their topics. */
  readonly groups: () => Readonly<
    Record<string, { readonly group: string; readonly topics: readonly string[] }>
  >;
  readonly clock: Pick<Clock, 'now'>;
  /** That of persons, as it is in force. */
  readonly mapping: () => readonly MappingRow[];
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly dynamics: Pick<DynamicsWriter, 'read'>;
  readonly rules: Pick<RulesSource, 'current' | 'refused'>;
  /** The tables of Dynamics that can be read by id. */
  readonly tables: readonly string[];
  readonly letters: Pick<ReplayOptions, 'scan' | 'route' | 'decode'>;
};

/** Adds the routes of one subject; their schemas are what /openapi.json shows. */
export type OperatorRoutes = (scope: FastifyInstance, parts: () => OperatorParts) => void;

/** The parts, once they are there: the API listens before the database is open. */
export type OperatorDoor = { open(parts: OperatorParts): void; parts(): OperatorParts };

export function createOperatorDoor(): OperatorDoor {
  let opened: OperatorParts | null = null;

  return {
    open: (parts) => void (opened = parts),
    parts() {
      if (opened === null) throw new SyncError('MONGODB_UNREACHABLE', { reason: 'the service is starting' });
      return opened;
    },
  };
}
