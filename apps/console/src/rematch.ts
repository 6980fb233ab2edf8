import { isoTime } from '@lockstep/change-events';
import type { RematchPage } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { eachPage } from './eachPage.ts';
import { openClient } from './operatorClient.ts';

export type RematchOptions = { readonly dryRun?: boolean; readonly actor?: string };

const counts = ['waiting', 'matched', 'unclear', 'taken'] as const;

/**
 * Gives rows that came in the place of deleted ones the persons of those, where nobody else has the address; with `dryRun` counts
 * them. Prints how far it is after each page.
 */
export async function rematch(
  env: Environment,
  { dryRun = false, actor = actorHere() }: RematchOptions,
  { nowMs, print }: { readonly nowMs: number; readonly print: (line: string) => void },
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const sum = { waiting: 0, matched: 0, unclear: 0, taken: 0 };
  await eachPage(async (after: string | undefined) => {
    const asked = { dryRun, actor, until: isoTime(nowMs), after };
    const page = await client.post<RematchPage>('/v1/reviews/rematch', asked);
    for (const name of counts) sum[name] += page[name];
    const { waiting, matched, unclear, taken } = sum;
    print(
      `${waiting} rows wait for a person: ${matched} ${dryRun ? 'would get' : 'get'} that of a deleted row, ` +
        `${unclear} meet several, ${taken} meet one whose row is there.`,
    );
    return page.next ?? undefined;
  });
}
