import type { System } from '@lockstep/change-events';
import { activeRow } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import { isAwaited, rowOperation, type OutboxEntry } from './outbox.ts';

/** A write that was decided and of which its side has not told what became of it (F-61). */
export type WaitingWrite = {
  readonly side: System;
  /** What it is a record of: `person`, or the entity. */
  readonly entity: string;
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  /** When it was decided, as an ISO time; trying again does not change it. */
  readonly since: string;
};

/** What a record waits for; reads, and requests of marketers, are no writes of it. */
export function waitingWritesOf(record: GoldenRecord): readonly WaitingWrite[] {
  return record.outbox.flatMap((entry) => {
    const operation = isAwaited(entry) ? operationOf(record, entry) : null;
    if (operation === null) return [];
    const [side, since]: readonly [System, string | undefined] =
      entry.kind === 'marketo-write'
        ? ['marketo', entry.command.issuedAt]
        : ['dynamics', entry.kind === 'dynamics-write' ? entry.issuedAt : undefined];

    // Entries of former versions do not tell.
    return since === undefined ? [] : [{ side, entity: record.entity ?? 'person', operation, since }];
  });
}

function operationOf(record: GoldenRecord, entry: OutboxEntry): WaitingWrite['operation'] | null {
  if (entry.kind !== 'dynamics-write' && entry.kind !== 'marketo-write') return null;
  const operation = entry.kind === 'dynamics-write' ? rowOperation(entry) : entry.command.operation;
  switch (operation) {
    case 'READ':
      return null;
    case 'CREATE':
    case 'UPDATE':
    case 'DELETE':
      return operation;
    case 'MERGE':
      return 'UPDATE';
    case 'UPSERT':
      return activeRow(record, 'marketo') ? 'UPDATE' : 'CREATE';
  }
}
