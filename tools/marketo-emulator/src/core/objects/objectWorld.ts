import type { FieldValue } from '../fieldValue.ts';
import type { Origin } from '../origin.ts';
import type { SequencedLog } from '../sequencedLog.ts';
import { createSequencedLog } from '../sequencedLog.ts';
import type { CustomType } from './customType.ts';
import type { ObjectRecord, ObjectTable } from './objectTable.ts';
import { createObjectTable } from './objectTable.ts';
import { standardTypes } from './standardTypes.ts';

/** One committed state of an object other than a person. */
export interface ObjectStateEntry {
  readonly at: number;
  readonly origin: Origin;
  readonly operation: 'create' | 'update' | 'delete';
  readonly object: string;
  readonly id: string;
  readonly changed: Readonly<Record<string, { before: FieldValue; after: FieldValue }>>;
  /** After the commit; before it for a delete. */
  readonly fields: ObjectRecord['fields'];
  /** Number of the newest state of a person at that moment: puts the two logs in one order. */
  readonly personSequence: number;
}

/** All objects other than persons. */
export interface ObjectWorld {
  readonly tables: Map<string, ObjectTable>;
  /** By API name; those that are approved have a table too. */
  readonly customTypes: Map<string, CustomType>;
  readonly states: SequencedLog<ObjectStateEntry>;
  lastId: number;
  lastPosition: number;
}

const firstId = 500;

/** Empty tables of the standard types. */
export function createObjectWorld(): ObjectWorld {
  const tables = new Map(standardTypes.map((type) => [type.name, createObjectTable(type)]));
  return {
    tables,
    customTypes: new Map(),
    states: createSequencedLog(),
    lastId: firstId,
    lastPosition: 0,
  };
}
