import { badRequest, DataverseError, errorCodes } from './dataverseError.ts';
import { parseDeltaToken, type DeltaToken } from './deltaToken.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import type { ChangeMark } from './rowStore.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** Which changes a stretch of a tracked read consists of. */
type Phase = 'rows' | 'deletes' | 'all';

/** Where a tracked read stands. `upTo` and `issuedAtMs` are fixed on its first page (facts, section 1.2). */
export interface TrackedCursor {
  /** 0 for a first read. */
  readonly from: number;
  readonly upTo: number;
  readonly issuedAtMs: number;
  readonly phase: number;
  readonly after: number;
  readonly page: number;
}

/** One page; `next` is absent on the last. */
export interface TrackedPage {
  readonly changes: readonly ChangeMark[];
  readonly next: TrackedCursor | undefined;
  readonly token: DeltaToken;
}

const dayMs = 86_400_000;

const deltaPhases: Readonly<Record<'last' | 'first' | 'byVersion', readonly Phase[]>> = {
  last: ['rows', 'deletes'],
  first: ['deletes', 'rows'],
  byVersion: ['all'],
};

function belongs(change: ChangeMark, phase: Phase): boolean {
  return phase === 'all' || change.isDelete === (phase === 'deletes');
}

/** A cursor for a read that begins now; `from` is the version of the delta token, 0 for a first read. */
export function beginTrackedRead(state: OrganizationState, from: number): TrackedCursor {
  return {
    from,
    upTo: state.store.highWaterMark(),
    issuedAtMs: nowMs(state),
    phase: 0,
    after: from,
    page: 1,
  };
}

/** Reads the version out of a delta token. Throws when it is garbage or no longer valid (facts, section 1.5). */
export function acceptDeltaToken(state: OrganizationState, table: TableDefinition, source: string): number {
  const token = parseDeltaToken(source);
  if (!token || token.version > state.store.highWaterMark())
    throw badRequest(state.settings.malformedDeltaTokenCode, 'The delta token is not valid.');
  const isTooOld = nowMs(state) - token.issuedAtMs > state.settings.retentionDays * dayMs;
  if (isTooOld || token.version <= (state.tokensVoidUpTo.get(table.name) ?? -1))
    throw new DataverseError(
      state.settings.expiredDeltaTokenStatus,
      errorCodes.expiredVersionStamp,
      'Version stamp associated with the client has expired. Please perform a full sync.',
    );
  return token.version;
}

/** Reads one page of net changes. */
export function trackedPage(
  state: OrganizationState,
  table: TableDefinition,
  cursor: TrackedCursor,
  pageSize: number,
): TrackedPage {
  const phases: readonly Phase[] = cursor.from === 0 ? ['rows'] : deltaPhases[state.settings.deletesInDelta];
  const token = { version: cursor.upTo, issuedAtMs: cursor.issuedAtMs };
  const changes: ChangeMark[] = [];
  let { after } = cursor;
  for (let phase = cursor.phase; phase < phases.length; phase += 1) {
    for (const change of state.store.marks(table.name, after, cursor.upTo)) {
      if (!belongs(change, phases[phase] ?? 'all')) continue;
      if (changes.length === pageSize)
        return { changes, next: { ...cursor, phase, after, page: cursor.page + 1 }, token };
      changes.push(change);
      after = change.version;
    }
    after = cursor.from;
  }
  return { changes, next: undefined, token };
}

/** How many changes are pending after a delta token. */
export function countChanges(state: OrganizationState, table: TableDefinition, from: number): number {
  return [...state.store.marks(table.name, from, state.store.highWaterMark())].length;
}

/** The error of a table whose changes are not tracked (facts, section 1.1). */
export function requireTracking(table: TableDefinition): void {
  if (!table.changeTracking)
    throw badRequest(
      errorCodes.changeTrackingNotEnabled,
      `Change tracking is not enabled for the entity ${table.name}.`,
    );
}
