import { isSyncError, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsRow } from '@lockstep/ports';
import { matchColumns, withoutColumn, type ColumnMatch } from './columns.ts';
import { assertUnpacked } from './packing.ts';
import { commit, definitionOf, tableNotice, type Session } from './session.ts';
import { purposeOf, startWholeRead, stateOf, withState } from './tableState.ts';

/** A description costs several of the 3,000 calls that an idle table may make in a day; answers that give cause are not waited for. */
const describeIntervalMsDefault = 6 * 60 * 60 * 1000;

/** Describes the table when that is due, and begins to announce columns that are new. */
export async function watchColumns(session: Session, signal: AbortSignal): Promise<void> {
  const { describeIntervalMs = describeIntervalMsDefault, clock } = session.options;
  const isDue =
    session.description === null || clock.monotonic() - session.describedAtMs >= describeIntervalMs;
  if (isDue) await describe(session, signal);
  await announceGrowth(session);
}

/** An answer's share of what decides whether it may be published as it is. */
type Answer = Pick<DynamicsPage, 'rows' | 'metadataVersion' | 'unpacked'>;

/**
 * The rows of an answer with the columns that are certainly known. An answer that was made under other metadata, or shows
 * a null where column security may have put it, is only used once the table was described after it.
 */
export async function confirmRows(
  session: Session,
  answer: Answer,
  signal: AbortSignal,
): Promise<readonly DynamicsRow[]> {
  const asked = definitionOf(session);
  if (isInDoubt(session, answer)) {
    assertUnpacked(answer);
    await describe(session, signal);
    session.confirmedMetadata = answer.metadataVersion;
  }
  const definition = definitionOf(session);

  return definition.fields.length === asked.fields.length
    ? answer.rows
    : answer.rows.map((row) => narrow(row, definition));
}

function isInDoubt({ description, confirmedMetadata }: Session, { rows, metadataVersion }: Answer): boolean {
  if (description === null) return true;
  const known = [description.metadataVersion, confirmedMetadata];
  if (metadataVersion !== null && description.metadataVersion !== null && !known.includes(metadataVersion))
    return true;

  return description.secured.some((name) => rows.some(({ fields }) => fields[name] === null));
}

function narrow(row: DynamicsRow, { fields }: TableDefinition): DynamicsRow {
  const present = fields.filter(({ name }) => name in row.fields);

  return { ...row, fields: Object.fromEntries(present.map(({ name }) => [name, row.fields[name] ?? null])) };
}

async function describe(session: Session, signal: AbortSignal): Promise<void> {
  const { options } = session;
  const description = await options.describe(signal);
  session.description = description;
  session.describedAtMs = options.clock.monotonic();
  await adopt(session, matchColumns(description, stateOf(session.checkpoint), false));
}

/** Puts columns into force: first the schema, then what is remembered of them, with a notice for each that stops. */
export async function adopt(session: Session, match: ColumnMatch): Promise<void> {
  const { definition, memory, newlyStopped } = await define(session, match);
  session.definition = definition;
  const notices = newlyStopped.map(({ column, reason }) =>
    tableNotice(session, 'COLUMN_STOPPED', { facts: { column, reason } }),
  );
  const next = withState(session.checkpoint, memory);
  if (notices.length > 0) await commit(session, next, notices);
  else session.checkpoint = next;
}

/** A column that the registry refuses had another type on this topic: it is left out and the others go on. */
async function define(session: Session, match: ColumnMatch): Promise<ColumnMatch> {
  if (sameColumns(session.definition, match.definition)) return match;
  try {
    await session.options.onDefinition?.(match.definition);
    return match;
  } catch (error) {
    const column = isSyncError(error, 'SCHEMA_INCOMPATIBLE') ? error.details['field'] : null;
    if (!match.definition.fields.some(({ name }) => name === column)) throw error;
    return define(session, withoutColumn(match, String(column)));
  }
}

function sameColumns(left: TableDefinition | null, right: TableDefinition): boolean {
  const print = ({ fields }: TableDefinition): string =>
    fields.map(({ name, type, doc }) => `${name}:${type}:${doc ?? ''}`).join();

  return left !== null && print(left) === print(right);
}

/** Once the stream runs, columns that its position does not bring are read for all rows (design section 4). */
async function announceGrowth(session: Session): Promise<void> {
  const { checkpoint, description, options } = session;
  if (description === null || purposeOf(checkpoint) !== null) return;
  const state = stateOf(checkpoint);
  if (state.columns === null || !matchColumns(description, state, false).grown) return;
  const { from = null, to = null } = options.backfillRange ?? {};
  const next = startWholeRead(checkpoint, { purpose: 'BACKFILL', from, to }, options.clock.now());
  session.reading = null;
  await commit(session, next, []);
}

/** True for a failure that only an administrator of the environment or of the registry can mend. */
export const isWaiting = (error: unknown): boolean =>
  isSyncError(error, 'DYNAMICS_FORBIDDEN', 'DYNAMICS_TRACKING_OFF', 'DYNAMICS_TABLE_UNKNOWN') ||
  isSyncError(error, 'SCHEMA_MISSING', 'SCHEMA_INCOMPATIBLE');
