import { isoTime } from '@lockstep/change-events';
import type { UndoPage } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { eachPage } from './eachPage.ts';
import { openClient } from './operatorClient.ts';
import { timeOf } from './timeOf.ts';

export type UndoAllOptions = {
  readonly since: string;
  readonly until?: string;
  readonly rule?: string;
  readonly field?: string;
  readonly dryRun?: boolean;
  readonly actor?: string;
};

/**
 * Gives fields the values that lost in a span of time (G-05), by a rule or of a field where these are named; with `dryRun` counts them.
 * Prints how far it is after each page. Throws CONFIG_INVALID for what is no time.
 */
export async function undoAll(
  env: Environment,
  { since, until, rule, field, dryRun = false, actor = actorHere() }: UndoAllOptions,
  { nowMs, print }: { readonly nowMs: number; readonly print: (line: string) => void },
): Promise<void> {
  const asked = {
    rule,
    field,
    dryRun,
    actor,
    from: timeOf('--since', since),
    until: until === undefined ? isoTime(nowMs) : timeOf('--until', until),
  };
  const client = openClient(loadApiConfig(env));
  const sum = { records: 0, found: 0, undone: 0 };
  const kept: Record<string, number> = {};
  await eachPage(async (after: string | undefined) => {
    const page = await client.post<UndoPage>('/v1/decisions/undo', { ...asked, after });
    for (const name of ['records', 'found', 'undone'] as const) sum[name] += page[name];
    for (const [code, count] of Object.entries(page.kept)) kept[code] = (kept[code] ?? 0) + count;
    const others = Object.entries(kept).map(([code, count]) => `, ${code} ${count}`);
    print(
      `${sum.records} records, ${sum.found} decisions: ${sum.undone} ${dryRun ? 'could be' : 'are'} undone${others.join('')}`,
    );
    return page.next ?? undefined;
  });
}
