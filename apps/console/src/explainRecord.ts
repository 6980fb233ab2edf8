import { isoTime, type Scalar } from '@lockstep/change-events';
import { openMongoStores } from '@lockstep/mongodb';
import { rowKey, type GoldenRecord } from '@lockstep/reconciliation';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadStoreConfig } from './config.ts';

/** Prints why each field of a person has its value. `row` is a row key (`dynamics/lead/<id>`) or a golden id. */
export async function explainRecord(
  env: Environment,
  row: string,
  print: (line: string) => void,
): Promise<void> {
  const config = loadStoreConfig(env);
  const stores = await openMongoStores({ url: config.mongodbUrl, database: config.mongodbDatabase });
  try {
    const goldenId = (await stores.links.resolve([row])).get(row) ?? row;
    const record = (await stores.golden.load([goldenId])).get(goldenId);
    for (const line of record ? explain(record) : [`Nothing is known about ${row}.`]) print(line);
  } finally {
    await stores.close();
  }
}

/** The record in words: its rows, each field with its source and rule, its conflicts, and what it waits for. */
export function explain(record: GoldenRecord): string[] {
  return [
    `golden record ${record.goldenId} (${record.entity ?? record.kind}), revision ${record.revision.epoch}.${record.revision.number}`,
    ...(record.aliasOf ? [`joined to ${record.aliasOf}`] : []),
    ...record.rows.map(
      (row) => `  ${rowKey(row)}${row.active ? '' : ' (not active)'}${row.deletedAt ? ' (deleted)' : ''}`,
    ),
    fieldTable(record),
    ...(record.conflicts.length === 0
      ? ['no conflicts']
      : ['conflicts, oldest first (older ones are on golden.person.changes):']),
    ...record.conflicts.map(
      ({ field, winner, winnerValue, loserValue, rule, at }) =>
        `  ${at} ${field}: ${winner} won with ${show(winnerValue)} over ${show(loserValue)} by the rule ${rule}`,
    ),
    ...(record.waiting ? [`waits: ${record.waiting.cause} ${record.waiting.code ?? ''}`.trimEnd()] : []),
    ...(record.dueAtMs === null ? [] : [`looked at again at ${isoTime(record.dueAtMs)}`]),
  ];
}

function fieldTable(record: GoldenRecord): string {
  const head = ['field', 'value', 'from', 'rule', 'changed', 'agreed by both'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const [name, field] of Object.entries(record.fields)) {
    table.push([
      name,
      show(field.value),
      field.source,
      field.rule,
      field.changedAt ?? '',
      field.agreed ? 'yes' : 'no',
    ]);
  }
  return table.toString();
}

const show = (value: Scalar): string => (value === null ? '(empty)' : String(value));
