import { topics, type Checkpoint } from '@lockstep/change-events';
import { fingerprintOf, matchColumns } from './columns.ts';
import { createKnownRows, type KnownRows } from './knownRows.ts';
import { definitionOf, type Reading, type Session } from './session.ts';
import { purposeOf, stateOf, withState } from './tableState.ts';
import { adopt } from './watchTable.ts';

/** Takes up a first load where it was, or begins to read the whole table from its first page. */
export async function beginWhole(session: Session, signal: AbortSignal): Promise<void> {
  const { checkpoint } = session;
  const resumes = purposeOf(checkpoint) === 'FIRST_LOAD' && checkpoint.position !== null;
  if (!resumes) await beginAtFirstPage(session);
  const known = purposeOf(session.checkpoint) === 'FIRST_LOAD' ? null : await readKnown(session, signal);
  // Before page 1 is asked for: what is edited from here on is found by the live query.
  const { liveVersion } = stateOf(session.checkpoint);
  await prepareNumbers(session, resumes ? liveVersion : null, signal);
  session.poll = {
    dueMs: session.options.clock.now() + session.options.pollIntervalMinMs,
    idleMs: session.options.pollIntervalMinMs,
  };
  session.recent.clear();
  // The stream that begins afterwards tells of no delete that came before it.
  session.suspect = null;
  session.reading = newReading(session.checkpoint, known);
}

function newReading(checkpoint: Checkpoint, known: KnownRows | null): Reading {
  const told = { atMs: Date.parse(checkpoint.startedAt), quarters: 0 };

  return { known, knownCount: known?.count() ?? 0, end: null, unreadableKeys: 0, published: 0, told };
}

/** From its first page a read brings every column; those that are new are announced for all rows. */
async function beginAtFirstPage(session: Session): Promise<void> {
  const { checkpoint, description } = session;
  if (description === null) return;
  const former = stateOf(checkpoint);
  const match = matchColumns(description, former, true);
  const grows = purposeOf(checkpoint) === 'RESYNC' && former.columns !== null && match.grown;
  const fresh = { ...checkpoint, position: null, rowsDone: 0, rowsTotal: null };
  session.checkpoint = grows ? asBackfill(fresh, session) : fresh;
  await adopt(session, match);
  session.checkpoint = labelled(session.checkpoint);
}

function asBackfill(checkpoint: Checkpoint, { options }: Session): Checkpoint {
  const { from, to } = options.backfillRange ?? { from: null, to: null };

  return withState(checkpoint, { purpose: 'BACKFILL', from, to });
}

/** The same version of a row is another event when it has other columns. */
function labelled(checkpoint: Checkpoint): Checkpoint {
  const { label, columns } = stateOf(checkpoint);
  if (purposeOf(checkpoint) !== 'BACKFILL' || label !== null) return checkpoint;

  return withState(checkpoint, { label: fingerprintOf(columns ?? []) });
}

async function prepareNumbers(
  session: Session,
  liveVersion: number | null,
  signal: AbortSignal,
): Promise<void> {
  const { reader } = session.options;
  const definition = definitionOf(session);
  const rowsTotal = session.checkpoint.rowsTotal ?? (await reader.countRows(definition));
  const newest = liveVersion ?? (await reader.newestVersion(definition, signal));
  session.checkpoint = withState({ ...session.checkpoint, rowsTotal }, { liveVersion: newest });
}

/** The last event of each row says what is published of it (design section 4, First load and resync). */
async function readKnown({ options, checkpoint }: Session, signal: AbortSignal): Promise<KnownRows> {
  const known = createKnownRows(checkpoint.versionEpoch);
  await options.log.scanEvents(
    topics.dynamicsChanges(options.table),
    (id, head) => {
      if (head?.version && head.operation !== 'DELETE')
        known.learn(id, {
          epoch: head.version.epoch,
          version: head.version.number,
          changedAt: head.changedAt,
        });
      else known.learnDelete(id);
    },
    signal,
  );

  return known;
}
