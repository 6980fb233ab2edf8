import { isoTime, topics, type Checkpoint } from '@lockstep/change-events';
import type { EventLog, OutgoingMessage, Publisher } from '@lockstep/ports';

/** The right to publish for one source, and where the former holder stopped. */
export type SourceSession = { readonly publisher: Publisher; readonly checkpoint: Checkpoint };

type SourceKey = { readonly source: string; readonly table: string };

const keyOf = ({ source, table }: SourceKey): string => `${source}/${table}`;

/**
 * Takes over a source: fences every earlier holder first, and only then reads the checkpoint, so that nobody can move it
 * any more (design section 2, Who is active). The page epoch is above the last, and not below the time in seconds, so that it also
 * outranks what the database has of a holder whose checkpoints Kafka has lost.
 */
export async function openSourceSession(
  log: EventLog,
  key: SourceKey,
  start: { readonly nowMs: number; readonly versionEpoch: number },
): Promise<SourceSession> {
  const publisher = await log.openPublisher(`source/${keyOf(key)}`);
  const former = (await log.readLatest(topics.checkpoints)).get(keyOf(key)) as Checkpoint | undefined;
  const now = isoTime(start.nowMs);
  const epoch = Math.max((former?.page.epoch ?? 0) + 1, Math.floor(start.nowMs / 1_000));
  const page = { epoch, number: 0 };
  const fresh: Checkpoint = {
    ...key,
    phase: 'SNAPSHOT',
    position: null,
    page,
    versionEpoch: start.versionEpoch,
    rowsDone: 0,
    rowsTotal: null,
    startedAt: now,
    updatedAt: now,
    state: null,
  };
  const checkpoint = former === undefined ? fresh : { ...former, page, state: former.state ?? null };
  return { publisher, checkpoint };
}

export function checkpointMessage(checkpoint: Checkpoint): OutgoingMessage {
  return { topic: topics.checkpoints, key: keyOf(checkpoint), value: checkpoint };
}
