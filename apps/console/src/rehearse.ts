import { writeFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';
import { addRehearsals, callsOf, emptyRehearsal, type Counts, type Rehearsal } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import Table from 'cli-table3';
import { loadApiConfig } from './config.ts';
import { openClient, type OperatorClient } from './operatorClient.ts';

/** What `--json` writes: the rehearsal, the calls that it takes, and whether its numbers are final. */
export type RehearsalReport = Rehearsal & {
  readonly calls: Readonly<Record<'dynamics' | 'marketo', number>>;
  readonly isFinal: boolean;
};

type Page = { readonly counts: Rehearsal; readonly next: string | null; readonly isFinal: boolean };

/** Adds up the pages of the API. The numbers are final when every page says so. */
export async function readRehearsal(client: OperatorClient): Promise<RehearsalReport> {
  let sum = emptyRehearsal;
  let isFinal = true;
  let after: string | undefined;
  do {
    const page: Page = await client.get('/v1/rehearsal', { after });
    sum = addRehearsals(sum, page.counts);
    isFinal &&= page.isFinal;
    after = page.next ?? undefined;
  } while (after !== undefined);

  return { ...sum, calls: callsOf(sum), isFinal };
}

/** Prints what would happen if writing started now; nothing is written. Returns whether the numbers are final. Throws CONFIG_INVALID for a file that cannot be written. */
export async function rehearse(
  env: Environment,
  { json }: { readonly json?: string },
  print: (line: string) => void,
): Promise<boolean> {
  const report = await readRehearsal(openClient(loadApiConfig(env)));
  for (const line of linesOf(report)) print(line);
  if (json !== undefined) await write(json, report);

  return report.isFinal;
}

async function write(file: string, report: RehearsalReport): Promise<void> {
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`).catch(({ code }: NodeJS.ErrnoException) => {
    throw new SyncError('CONFIG_INVALID', {
      '--json': `${file} cannot be written (${code ?? 'unknown reason'}).`,
    });
  });
}

function linesOf({ records, sides, calls, isFinal }: RehearsalReport): string[] {
  const table = new Table({ head: ['side', 'what', 'records'], style: { head: [], border: [] } });
  for (const [name, count] of Object.entries(records)) table.push(['both', name, count]);
  for (const [side, { creates, updates, others, fields }] of Object.entries(sides)) {
    for (const row of rowsOf('create', creates)) table.push([side, ...row]);
    for (const row of rowsOf('update', updates)) table.push([side, ...row]);
    for (const row of rowsOf('delete or merge', others)) table.push([side, ...row]);
    for (const row of rowsOf('change', fields)) table.push([side, ...row]);
  }
  return [
    table.toString(),
    `Calls of the APIs, at the least: Dynamics ${calls.dynamics}, Marketo ${calls.marketo}.`,
    isFinal
      ? 'These numbers are final; `lockstep go` starts the writing.'
      : 'Not final: a side is still being read, messages wait, somebody is undecided, or writes flow already (lockstep status).',
  ];
}

const rowsOf = (verb: string, counts: Counts): (readonly [string, number])[] =>
  Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, count]) => [`${verb} ${name}`, count]);
