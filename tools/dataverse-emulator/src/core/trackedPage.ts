import { badRequest, DataverseError, errorCodes } from './dataverseError.ts';
import { parseDeltaToken, type DeltaToken } from './deltaToken.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import { recreatedRows, rowsWithChangesOf } from './replayedChanges.ts';
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

/** Whether a token of a table in which nothing happened ages too is inferred (facts, section 1.5). */
function isTooOld(state: OrganizationState, table: TableDefinition, token: DeltaToken): boolean {
  const { retentionDays, doQuietTokensAge } = state.settings;
  const isOld = nowMs(state) - token.issuedAtMs > retentionDays * dayMs;
  return isOld && (doQuietTokensAge || countChanges(state, table, token.version) > 0);
}

/** Reads the version out of a delta token. Throws when it is garbage or no longer valid (facts, section 1.5). */
export function acceptDeltaToken(state: OrganizationState, table: TableDefinition, source: string): number {
  const token = parseDeltaToken(source);
  if (!token || token.version > state.store.highWaterMark())
    throw badRequest(state.settings.malformedDeltaTokenCode, 'The delta token is not valid.');
  if (isTooOld(state, table, token) || token.version <= (state.tokensVoidUpTo.get(table.name) ?? -1))
    throw new DataverseError(
      state.settings.expiredDeltaTokenStatus,
      errorCodes.expiredVersionStamp,
      'Version stamp associated with the client has expired. Please perform a full sync.',
    );
  return token.version;
}

/** What of the changes a delta shows. */
interface View {
  readonly upTo: number;
  readonly isShown: (change: ChangeMark) => boolean;
  /** Rows that come with the tombstone of their former life. */
  readonly recreated: ReadonlySet<string>;
}

/** Which changes count is inferred in three points, each with its switch (facts, sections 1.2 and 1.3). */
function viewOf(
  state: OrganizationState,
  table: TableDefinition,
  { from, upTo }: TrackedCursor,
  properties: readonly string[],
): View {
  const { settings } = state;
  const isDelta = from > 0;
  const touched =
    isDelta && !settings.doUnselectedChangesShow
      ? rowsWithChangesOf(state, table, from, properties)
      : undefined;
  return {
    upTo: settings.pinsHighWaterMark ? upTo : state.store.highWaterMark(),
    isShown: ({ id, isDelete }) => isDelete || (touched?.has(id) ?? true),
    recreated: isDelta && settings.areRecreatedRowsBuried ? recreatedRows(state, table, from) : new Set(),
  };
}

/** The changes of one phase. */
function* phaseChanges(
  state: OrganizationState,
  table: TableDefinition,
  { after, phase }: { readonly after: number; readonly phase: Phase },
  { upTo, isShown, recreated }: View,
): Generator<ChangeMark, void> {
  for (const change of state.store.marks(table.name, after, upTo)) {
    if (phase === 'deletes' && recreated.has(change.id)) yield { ...change, isDelete: true };
    else if (belongs(change, phase) && isShown(change)) yield change;
  }
}

/** Reads one page of net changes; `properties` are those that are selected. */
export function trackedPage(
  state: OrganizationState,
  table: TableDefinition,
  cursor: TrackedCursor,
  { pageSize, properties }: { readonly pageSize: number; readonly properties: readonly string[] },
): TrackedPage {
  const phases: readonly Phase[] = cursor.from === 0 ? ['rows'] : deltaPhases[state.settings.deletesInDelta];
  const view = viewOf(state, table, cursor, properties);
  const token = { version: view.upTo, issuedAtMs: cursor.issuedAtMs };
  const changes: ChangeMark[] = [];
  let { after } = cursor;
  for (let phase = cursor.phase; phase < phases.length; phase += 1) {
    for (const change of phaseChanges(state, table, { after, phase: phases[phase] ?? 'all' }, view)) {
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

/** Throws 400 for a table whose changes are not tracked, or an intersect table with such a side (facts, section 1.1). */
export function requireTracking(state: OrganizationState, table: TableDefinition): void {
  if (!table.changeTracking)
    throw badRequest(
      errorCodes.changeTrackingNotEnabled,
      `Change tracking is not enabled for the entity ${table.name}.`,
    );
  const relation = [...state.manyToMany.values()].find(({ intersect }) => intersect === table.name);
  const untracked = relation?.sides.find((side) => !state.tables.get(side.table)?.changeTracking);
  if (untracked)
    throw badRequest(
      errorCodes.relatedTrackingNotEnabled,
      `Change tracking is not enabled for the entity ${untracked.table}, which ${table.name} relates to.`,
    );
}
