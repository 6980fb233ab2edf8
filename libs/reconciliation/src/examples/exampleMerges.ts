import type { DeliveryOutcome, InboxMessage, WriteCommand } from '@lockstep/change-events';
import type { Survivor } from '../decision.ts';
import type { Parts } from './exampleParts.ts';
import { followedKey, mergedOnto, survivorOf } from '../followMerge.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import type { DynamicsWriteEntry } from '../outbox.ts';

const mergesMax = 5;

type Owned = { readonly goldenId: string; readonly entry: DynamicsWriteEntry };

/** As Dynamics does it: the loser names the winner and is closed. */
export function mergeRow({ dynamics, state }: Parts, { goldenId, entry }: Owned): InboxMessage {
  const { entryId, rowId, table, ifMatch, into } = entry;
  const result = dynamics.version(rowId) === ifMatch?.number ? resultOf({ dynamics, state }, into) : 'STALE';
  state.received.push({ to: 'dynamics', values: {}, result });
  if (result === 'WRITTEN')
    dynamics.edit(rowId, { merged: true, masterid: `${table}/${into}`, statecode: table === 'lead' ? 2 : 1 });
  const code = result === 'REFUSED' ? 'DYNAMICS_REFUSED' : null;
  const written = { entryId, result, code, field: null, detail: null } as const;
  if (result !== 'STALE') return { kind: 'refusal', goldenId, written };
  const event = dynamics.representation(rowId);

  return { kind: 'event', goldenId, system: 'dynamics', table, event, written };
}

const resultOf = (
  { dynamics, state }: Pick<Parts, 'dynamics' | 'state'>,
  into = '',
): 'WRITTEN' | 'REFUSED' =>
  dynamics.version(into) !== null && dynamics.column(into, 'merged') !== true && !state.refused.has('merged')
    ? 'WRITTEN'
    : 'REFUSED';

/** Those who are still there go into the one that carries on. */
export function mergePersons(
  { marketo }: Parts,
  { personId, loserIds }: WriteCommand,
): Pick<DeliveryOutcome, 'result' | 'personId' | 'state'> {
  const winner = personId ?? '';
  if (!marketo.fields(winner)) return { result: 'NOT_FOUND', personId, state: null };
  for (const loser of loserIds ?? []) if (marketo.fields(loser)) marketo.merge(winner, loser);

  return { result: 'MERGED', personId, state: null };
}

/** Whoever carries on in the end, as the owner reads it. */
export function survivorsFor(
  { records, links, policy }: Parts['state'],
  former: GoldenRecord | null,
): ReadonlyMap<string, Survivor> {
  const wanted = former && followedKey(former, policy);
  const recordOf = (key: string) => records.get(links.get(key) ?? '');
  let key = wanted;
  for (let merges = 0; key && merges <= mergesMax; merges += 1) {
    const record = recordOf(key);
    key = record ? mergedOnto(record, key) : null;
    if (wanted && record && !key) return new Map([[wanted, survivorOf(record)]]);
  }

  return new Map();
}
