import type { MarketoEntity } from '@lockstep/change-events';
import type { GoldenEntity } from './goldenRecord.ts';
import type { MappingRow } from './mapping.ts';

/** Where the records of an entity live on either side, and how they are mapped: from Dynamics to Marketo only (F-02). */
export type EntityType = {
  readonly entity: GoldenEntity;
  readonly table: string;
  /** Null for what only gives others its name. */
  readonly marketo: MarketoEntity | null;
  /** The field of Marketo that holds the id of the row; null where mapped fields make the key. */
  readonly key: string | null;
  /** What becomes of it in Marketo when its row is deleted. */
  readonly onDelete: 'keep' | 'delete';
  readonly mapping: readonly MappingRow[];
};
