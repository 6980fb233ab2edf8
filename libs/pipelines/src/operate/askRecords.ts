import {
  isoTime,
  rowEvent,
  topics,
  type Conflict,
  type InboxMessage,
  type OperatorWish,
} from '@lockstep/change-events';
import type {
  Clock,
  DynamicsWriter,
  GoldenStore,
  OutgoingMessage,
  Publisher,
  TroubleFilter,
  TroubleReader,
} from '@lockstep/ports';
import { goldenIdOf, rowKey, type GoldenRecord } from '@lockstep/reconciliation';
import { notice } from '../notices.ts';

/** Who asks, for the notice that tells of it. */
export type Asker = { readonly actor: string };

export type AskOptions = {
  readonly publisher: Pick<Publisher, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
};

export type Ask = Asker & {
  readonly goldenId: string;
  readonly wish: OperatorWish;
  readonly target?: string | null;
  /** Of an undo. */
  readonly conflict?: Conflict;
};

/** A wish on the inbox of its record. */
export const wishMessage = ({
  goldenId,
  wish,
  target = null,
  conflict,
}: Omit<Ask, 'actor'>): OutgoingMessage => {
  const value: InboxMessage = {
    ...{ kind: 'wake-up', goldenId, reason: wish, target },
    ...(conflict && { conflict }),
  };

  return { topic: topics.inbox, key: goldenId, value };
};

/** The notice of what somebody asked. */
export const told = (
  { clock }: AskOptions,
  entity: string,
  { actor, action, records = 1 }: Asker & { readonly action: string; readonly records?: number },
): OutgoingMessage =>
  notice('OPERATOR_ASKED', entity, {
    counts: { records },
    atMs: clock.now(),
    facts: { action, actor },
  });

/** Hands a wish to the owner of the record, and tells of it. */
export async function askRecord(options: AskOptions, ask: Ask): Promise<void> {
  const { goldenId, wish: action, actor } = ask;
  await options.publisher.publish([wishMessage(ask), told(options, `golden/${goldenId}`, { actor, action })]);
}

export type ReleaseOptions = AskOptions & { readonly troubles: TroubleReader };

const releasedMax = 500;

/**
 * Releases a page of records in trouble. Whoever asks for all of them names one `until` for all pages: what is refused again
 * is in trouble from then on, so that the pages come to an end.
 */
export async function releasePage(
  options: ReleaseOptions,
  { filter, after, actor }: Asker & { filter: TroubleFilter; after: string | null },
): Promise<{ readonly released: number; readonly next: string | null }> {
  const { records, next } = await options.troubles.page(filter, { after, limitMax: releasedMax });
  const wishes = records.map(({ goldenId }) => wishMessage({ goldenId, wish: 'release' }));
  const tell = told(options, 'golden', { actor, action: 'release', records: records.length });
  if (wishes.length > 0) await options.publisher.publish([...wishes, tell]);

  return { released: wishes.length, next };
}

/** Which side is read again; both unless one is named. */
export type ResyncSide = 'dynamics' | 'marketo';

export type ResyncOptions = AskOptions & {
  readonly dynamics: Pick<DynamicsWriter, 'read'>;
  /** The tables of Dynamics that can be read by id. */
  readonly tables: readonly string[];
};

/** What was read, by row; `absent` are rows that Dynamics does not have: a resync of their table tells their deletion. */
export type ResyncResult = { readonly asked: readonly string[]; readonly absent: readonly string[] };

/**
 * Reads a record's rows again, of one side or of both, and what differs goes the usual way (G-04): the row of Dynamics as an event of
 * its version, the person of Marketo by a command to read it, numbered like every call.
 */
export async function resyncRecord(
  options: ResyncOptions,
  { record, from, actor }: Asker & { record: GoldenRecord; from: ResyncSide | null },
): Promise<ResyncResult> {
  const { goldenId, rows } = record;
  const live = rows.filter(({ active, deletedAt }) => active && deletedAt === null);
  const inDynamics = live.filter(({ system }) => system === 'dynamics' && from !== 'marketo');
  const readable = inDynamics.filter(({ table }) => options.tables.includes(table));
  const events = await Promise.all(readable.map((row) => eventOf(options, goldenId, row)));
  const inMarketo = live.filter(({ system }) => system === 'marketo' && from !== 'dynamics');
  await options.publisher.publish([
    ...events.flatMap((event) => event ?? []),
    ...(inMarketo.length > 0 ? [wishMessage({ goldenId, wish: 'read-again' })] : []),
    told(options, `golden/${goldenId}`, { actor, action: 'resync' }),
  ]);

  return {
    asked: [...readable.filter((_, at) => events[at] !== null), ...inMarketo].map(rowKey),
    absent: readable.filter((_, at) => events[at] === null).map(rowKey),
  };
}

/** What becomes of a pair: `goldenId` keeps the person, `partedTo` gets the `rows` of Dynamics. */
export type UnlinkResult = {
  readonly goldenId: string;
  readonly partedTo: string;
  readonly rows: readonly string[];
};

/** True for a person that is there and that a record links to rows of Dynamics. */
export const isPair = ({ entity, aliasOf, rows }: GoldenRecord): boolean =>
  entity === undefined &&
  aliasOf === null &&
  rows.some(({ system }) => system === 'dynamics') &&
  rows.some(({ system, active, deletedAt }) => system === 'marketo' && active && deletedAt === null);

/**
 * Parts the rows of Dynamics of a record from its person. They are read by their ids, and what is read follows the wish on the
 * record's inbox: the record hands it on, as it does whatever else is on its way.
 */
export async function unlinkRecord(
  options: ResyncOptions,
  { record, actor }: Asker & { record: GoldenRecord },
): Promise<UnlinkResult> {
  const { goldenId } = record;
  const rows = record.rows.filter(({ system }) => system === 'dynamics');
  const readable = rows
    .filter(({ table, deletedAt }) => deletedAt === null && options.tables.includes(table))
    // A contact comes before the lead that it was made of: otherwise that one would have a person made first.
    .toSorted((a, b) => Number(b.active) - Number(a.active));
  const events = await Promise.all(readable.map((row) => eventOf(options, goldenId, row)));
  const partedTo = partedIdOf(record);
  await options.publisher.publish([
    wishMessage({ goldenId, wish: 'unlink', target: partedTo }),
    ...events.flatMap((event) => event ?? []),
    told(options, `golden/${goldenId}`, { actor, action: 'unlink' }),
  ]);

  return { goldenId, partedTo, rows: rows.map(rowKey) };
}

/** The golden id that the rows of a pair go to; the same for who asks twice. */
export const partedIdOf = ({ goldenId, revision }: GoldenRecord): string =>
  goldenIdOf(`unlinked/${goldenId}/${revision.epoch}.${revision.number}`);

async function eventOf(
  { dynamics, clock }: ResyncOptions,
  goldenId: string,
  { table, id, version }: GoldenRecord['rows'][number],
): Promise<OutgoingMessage | null> {
  const row = await dynamics.read(table, id);
  if (row === null) return null;
  const event = rowEvent(row, {
    table,
    // Read outside the pages, so that it can never undo a delete.
    page: { epoch: 0, number: 0 },
    versionEpoch: version?.epoch ?? 1,
    observedAt: isoTime(clock.now()),
    lane: 'LIVE',
    operation: 'UPSERT',
  });
  const value: InboxMessage = { kind: 'event', goldenId, system: 'dynamics', table, event, written: null };

  return { topic: topics.inbox, key: goldenId, value };
}

const joinsMax = 5;

/** The record that carries on for `goldenId`: aliases lead to it. Null when nothing is known. */
export async function findCarrier(
  golden: Pick<GoldenStore, 'load'>,
  goldenId: string,
): Promise<GoldenRecord | null> {
  let record: GoldenRecord | null = null;
  let wanted: string | null = goldenId;
  for (let joins = 0; wanted !== null && joins < joinsMax; joins += 1) {
    record = (await golden.load([wanted])).get(wanted) ?? null;
    wanted = record?.aliasOf ?? null;
  }

  return record;
}
