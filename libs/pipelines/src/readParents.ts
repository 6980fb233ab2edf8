import type { FieldValue, InboxMessage } from '@lockstep/change-events';
import type { GoldenStore } from '@lockstep/ports';
import { activeRow, read, rowKey, type GoldenRecord, type MappingRow } from '@lockstep/reconciliation';
import { goldenIdOf } from './routeChanges.ts';

/** The mapping of the record that a message is about. */
export type MappingOf = (record: GoldenRecord | null, message: InboxMessage) => readonly MappingRow[];

type Known = { readonly stored: ReadonlyMap<string, GoldenRecord>; readonly mappingOf: MappingOf };

/**
 * The ids of the rows that the records of these messages name and that Marketo is known to have a counterpart of. Who is
 * absent here may be there a moment later: the record is looked at again (decision 13).
 */
export async function readParents(
  golden: GoldenStore,
  messages: readonly InboxMessage[],
  known: Known,
): Promise<ReadonlySet<string>> {
  const wanted = new Map(messages.flatMap((message) => relationsOf(message, known)));
  if (wanted.size === 0) return new Set();
  const parents = await golden.load([...wanted.keys()]);
  return new Set([...parents.values()].filter(isInMarketo).map(({ goldenId }) => wanted.get(goldenId) ?? ''));
}

function isInMarketo(parent: GoldenRecord): boolean {
  const counterpart = activeRow(parent, 'marketo');
  return counterpart !== undefined && counterpart.deletedAt === null;
}

/** Golden ids that the parent may have, by its row's id: of each table that it may be of. */
function relationsOf(message: InboxMessage, { stored, mappingOf }: Known): (readonly [string, string])[] {
  const record = stored.get(message.goldenId) ?? null;
  return mappingOf(record, message).flatMap((mapping) =>
    idsIn(message, record, mapping).flatMap((id) =>
      (mapping.parents ?? []).map(
        (table) => [goldenIdOf(rowKey({ system: 'dynamics', table, id })), id] as const,
      ),
    ),
  );
}

/** What the record names, and what the message makes it name, unless Marketo holds that already. */
function idsIn(message: InboxMessage, record: GoldenRecord | null, mapping: MappingRow): string[] {
  if (!mapping.parents) return [];
  const seen = record && activeRow(record, 'marketo')?.seen[mapping.field]?.value;
  const named = [record?.fields[mapping.field]?.value, idBrought(message, mapping)];
  return named.filter((id): id is string => typeof id === 'string' && id !== seen);
}

function idBrought(message: InboxMessage, mapping: MappingRow): unknown {
  if (message.kind !== 'event' || message.system !== 'dynamics') return null;
  const value: FieldValue | undefined = message.event.fields?.[mapping.columns[message.table] ?? ''];
  return value === undefined ? null : read('dynamics', mapping, value).golden;
}
