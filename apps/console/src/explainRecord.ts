import type { Scalar } from '@lockstep/change-events';
import { openMongoStores } from '@lockstep/mongodb';
import { explainRecords, type ConflictView, type ExplainedRecord } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadApiConfig, loadStoreConfig } from './config.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';

/**
 * Prints why each field of a record has its value. `wanted` is a row key (`dynamics/lead/<id>`), an email address or a golden
 * id. Asks the API where one is configured, else MongoDB itself. False when nothing is known about it.
 */
export async function explainRecord(
  env: Environment,
  wanted: string,
  { json, print }: { readonly json: boolean; readonly print: (line: string) => void },
): Promise<boolean> {
  const views = await findViews(env, wanted);
  if (json) print(JSON.stringify(views, null, 2));
  else if (views.length === 0) print(`Nothing is known about ${wanted}.`);
  else for (const line of views.flatMap(explain)) print(line);

  return views.length > 0;
}

const soughtBy = (wanted: string): { email?: string; row?: string; goldenId?: string } =>
  wanted.includes('@') ? { email: wanted } : wanted.includes('/') ? { row: wanted } : { goldenId: wanted };

async function findViews(env: Environment, wanted: string): Promise<readonly ExplainedRecord[]> {
  const sought = soughtBy(wanted);
  const api = loadApiConfig(env);
  if (api.lockstepApiUrl === undefined) return readViews(env, sought);

  return findByApi(openClient(api), wanted);
}

/** What the API tells of a row, an email address or a golden id. Throws RECORD_UNKNOWN for a golden id that nobody has. */
export async function findByApi(client: OperatorClient, wanted: string): Promise<readonly ExplainedRecord[]> {
  const sought = soughtBy(wanted);
  if (sought.goldenId !== undefined)
    return [await client.get<ExplainedRecord>(`/v1/records/${encodeURIComponent(sought.goldenId)}`)];

  return (await client.get<{ records: ExplainedRecord[] }>('/v1/records', sought)).records;
}

async function readViews(
  env: Environment,
  sought: ReturnType<typeof soughtBy>,
): Promise<readonly ExplainedRecord[]> {
  const config = loadStoreConfig(env);
  const stores = await openMongoStores({ url: config.mongodbUrl, database: config.mongodbDatabase });
  try {
    return await explainRecords(stores, sought);
  } finally {
    await stores.close();
  }
}

/** Most that a record itself keeps. */
const conflictsKeptMax = 20;

/** The record in words: its rows, each field with its source and rule, its conflicts, and what it waits for. */
export function explain(view: ExplainedRecord): string[] {
  return [
    `golden record ${view.goldenId} (${view.kind}), revision ${view.revision}`,
    ...(view.aliasOf ? [`joined to ${view.aliasOf}`] : []),
    ...view.rows.map(rowLine),
    ...view.parted.map(
      ({ row, to }) => `parted from ${row}${to === undefined ? '' : `, which went to ${to}`}`,
    ),
    fieldTable(view),
    ...conflictLines(view),
    ...view.troubles.map(
      ({ side, operation, field, code, detail }) =>
        `in trouble: ${[side, operation, field, code, detail].filter(Boolean).join(' ')}`,
    ),
    ...view.open.map(({ to, operation, fields }) => `on its way to ${to}: ${operation} ${fields.join(', ')}`),
    ...(view.seeks.length > 0 ? [`looks for an account by ${view.seeks.join(', then ')}`] : []),
    ...(view.waitsFor ? [`waits: ${view.waitsFor}`] : []),
    ...(view.rules ? [`decided by rules ${view.rules}`] : []),
    ...(view.dueAt === null ? [] : [`looked at again at ${view.dueAt}`]),
  ];
}

/** The conflicts that are kept, and where history ends: a record keeps its last 20, `HISTORY_DAYS` the others. */
function conflictLines({ goldenId, conflicts, pastConflicts }: ExplainedRecord): string[] {
  const all = [...pastConflicts, ...conflicts];
  if (all.length === 0) return ['no conflicts'];
  const isWhole = conflicts.length < conflictsKeptMax;

  return [
    isWhole
      ? 'conflicts, oldest first:'
      : 'conflicts, oldest first; what is older than these is not kept any more:',
    ...all.map(
      ({ field, winner, winnerValue, loserValue, rule, at, ...conflict }) =>
        `  ${at} ${field}: ${winner} won with ${show(winnerValue)} over ${show(loserValue)} by the rule ${rule}${undoText(goldenId, conflict)}`,
    ),
  ];
}

/** How it can be undone, or the code of why it cannot. */
function undoText(goldenId: string, { undo, decision }: Pick<ConflictView, 'undo' | 'decision'>): string {
  if (undo === undefined) return '';
  return undo === 'possible'
    ? `; undone by: lockstep undo ${goldenId} --decision ${decision ?? ''}`
    : `; not to be undone: ${undo}`;
}

const verdictTexts = { recreate: 'comes back as another one', 'stay-away': 'stays away' } as const;

function rowLine(row: ExplainedRecord['rows'][number]): string {
  const { key, active, version, deleted, missing, outSince, verdict } = row;
  const remarks = [
    ...(version === null ? [] : [`version ${version}`]),
    ...(active ? [] : ['not active']),
    ...(deleted ? ['deleted'] : []),
    ...(missing ? ['missing'] : []),
    ...(verdict === null ? [] : [`${verdictTexts[verdict]}, an operator says`]),
    ...(outSince === null ? [] : [`kept out by its filter since ${outSince}`]),
  ];

  return `  ${key}${remarks.length === 0 ? '' : ` (${remarks.join(', ')})`}`;
}

function fieldTable({ fields }: ExplainedRecord): string {
  const head = ['field', 'value', 'from', 'rule', 'changed', 'agreed by both'];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { field, value, source, rule, changedAt, agreed } of fields) {
    table.push([field, show(value), source, rule, changedAt ?? '', agreed ? 'yes' : 'no']);
  }
  return table.toString();
}

const show = (value: Scalar): string => (value === null ? '(empty)' : String(value));
