import type { System } from '@lockstep/change-events';
import type { GoldenRecord } from './goldenRecord.ts';
import { isEmpty } from './isEmpty.ts';
import type { LinkedRow } from './linkedRow.ts';

/** Something about a record that an operator may have to look at (F-14, F-61): it waits alone, everything else flows. */
export type Trouble = {
  /** The side that refuses, or does not get what it should. */
  readonly side: System;
  /** What was being done there. */
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** A row of the error table, or a code of the side's own. */
  readonly code: string;
  /** The golden field that waits; null for the record as a whole. */
  readonly field: string | null;
  /** What the side said, which may quote a value. */
  readonly detail: string | null;
};

/** Everything that waits for a cause to go away or for somebody to decide, of the record as a whole first. */
export function troublesOf(record: GoldenRecord): readonly Trouble[] {
  if (isUntroubled(record)) return [];
  return [...troublesOfRecord(record), ...record.rows.flatMap(troublesOfRow), ...troublesOfRelations(record)];
}

/** Most records at nearly all times: nothing waits anywhere. */
function isUntroubled({ waiting, held, rows }: GoldenRecord): boolean {
  return !waiting && !held && rows.every(({ parked }) => isEmpty(parked));
}

/** What waits for the first reads or for a join is on its way, and has no code. */
function troublesOfRecord(record: GoldenRecord): readonly Trouble[] {
  const { waiting } = record;
  if (!waiting?.code) return [];
  const { code, detail = null } = waiting;
  const side: System = code.startsWith('DYNAMICS') ? 'dynamics' : 'marketo';

  const operation = waiting.deletes ? 'DELETE' : operationOn(record, side);

  return [{ side, operation, code, field: null, detail }];
}

function troublesOfRow(row: LinkedRow): readonly Trouble[] {
  if (!row.active || row.deletedAt) return [];

  return Object.entries(row.parked).map(([field, { code, detail = null }]) => ({
    ...{ side: row.system, operation: 'UPDATE', code, field, detail },
  }));
}

/** A relation that Marketo refused although its parent was known to be there. */
function troublesOfRelations(record: GoldenRecord): readonly Trouble[] {
  return (record.held?.takenBack ?? []).map((field) => ({
    side: 'marketo',
    operation: operationOn(record, 'marketo'),
    code: 'MARKETO_PARENT_MISSING',
    field,
    detail: null,
  }));
}

function operationOn({ rows }: GoldenRecord, side: System): Trouble['operation'] {
  const isThere = rows.some((row) => row.system === side && row.active && !row.deletedAt);

  return isThere ? 'UPDATE' : 'CREATE';
}

const detailLengthMax = 500;

/** What a side said about a refusal, for whoever looks at it. */
export function saying(detail: string | null): { readonly detail?: string } {
  return detail ? { detail: detail.slice(0, detailLengthMax) } : {};
}
