import type { TroubleView } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { stringify } from 'csv-stringify/sync';
import Table from 'cli-table3';
import { loadApiConfig } from './config.ts';
import { eachPage } from './eachPage.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';

export type ErrorsOptions = {
  readonly side?: string;
  readonly code?: string;
  readonly list?: boolean;
  readonly export?: 'csv';
  readonly json?: boolean;
};

/** What waits for one cause. */
export type ErrorGroup = {
  readonly side: string;
  readonly code: string;
  readonly sentence: string | null;
  readonly records: number;
  readonly since: string;
};

type Troubled = {
  readonly goldenId: string;
  readonly kind: string;
  readonly rows: readonly string[];
  readonly since: string;
  readonly troubles: readonly TroubleView[];
};

type Print = (line: string) => void;

/** Prints what waits: by cause, or with `list` and `export` record by record, page after page. */
export async function showErrors(env: Environment, options: ErrorsOptions, print: Print): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const { side, code } = options;
  const isList = options.list === true || options.export !== undefined || (side ?? code) !== undefined;
  if (isList) return listErrors(client, options, print);
  const { groups } = await client.get<{ groups: readonly ErrorGroup[] }>('/v1/errors');
  if (options.json) return print(JSON.stringify(groups, null, 2));
  print(groups.length === 0 ? 'No errors.' : errorTableText(groups));
}

async function listErrors(client: OperatorClient, options: ErrorsOptions, print: Print): Promise<void> {
  const { side, code } = options;
  const show = printerOf(options);
  let shown = 0;
  await eachPage(async (after: string | undefined) => {
    const query = { side, code, after, limit: '500' };
    const page = await client.get<{ records: Troubled[]; next: string | null }>('/v1/errors/records', query);
    if (after === undefined && options.export === 'csv') print(stringify([header]).trimEnd());
    for (const line of page.records.flatMap((record) => show(record))) print(line);
    shown += page.records.length;

    return page.next ?? undefined;
  });
  if (shown === 0 && isForPeople(options))
    print(
      (side ?? code) === undefined
        ? 'No errors.'
        : `No errors ${ofWhat(options)}; lockstep errors names all.`,
    );
}

/** A code may be a side's own, so that a misspelt one cannot be refused. */
const ofWhat = ({ side, code }: ErrorsOptions): string =>
  [side && `of ${side}`, code && `with the code ${code}`].filter(Boolean).join(' ');

const isForPeople = ({ json, export: format }: ErrorsOptions): boolean => !json && format === undefined;

const header = [
  'goldenId',
  'kind',
  'since',
  'side',
  'operation',
  'field',
  'code',
  'sentence',
  'detail',
  'rows',
];

function printerOf({ export: format, json }: ErrorsOptions): (record: Troubled) => string[] {
  if (json) return (record) => [JSON.stringify(record)];
  if (format === 'csv') return (record) => [stringify(cellsOf(record)).trimEnd()];

  return ({ goldenId, kind, rows, since, troubles }) => [
    `${since} ${kind} ${goldenId} ${rows.join(' ')}`,
    ...troubles.map(
      ({ side, operation, code, field, sentence, detail }) =>
        `  ${[side, operation, field, code, sentence, detail].filter(Boolean).join(' ')}`,
    ),
  ];
}

/** One line per trouble. Excel takes a cell that begins like a formula for one. */
function cellsOf({ goldenId, kind, rows, since, troubles }: Troubled): string[][] {
  return troubles.map(({ side, operation, field, code, sentence, detail }) =>
    [goldenId, kind, since, side, operation, field, code, sentence, detail, rows.join(' ')].map((cell) =>
      (cell ?? '').replace(/^[=+\-@\t\r]/, "'$&"),
    ),
  );
}

/** The causes as a table, the most frequent first. */
export function errorTableText(groups: readonly ErrorGroup[]): string {
  const table = new Table({
    head: ['side', 'code', 'records', 'since', 'meaning'],
    style: { head: [], border: [] },
    wordWrap: true,
    colWidths: [10, 26, 9, 26, 60],
  });
  for (const { side, code, records, since, sentence } of groups)
    table.push([side, code, records, since, sentence ?? '']);

  return table.toString();
}
