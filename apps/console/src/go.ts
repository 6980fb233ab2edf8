import { directionTargets } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { openClient } from './operatorClient.ts';

export type GoOptions = { readonly to: 'dynamics' | 'marketo' | 'both'; readonly actor?: string };

/** Starts the writing to a side, or to both: what was withheld is planned anew and sent (docs/operations.md). */
export async function go(
  env: Environment,
  { to, actor = actorHere() }: GoOptions,
  print: (line: string) => void,
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  const targets = Object.entries(directionTargets).filter(([, system]) => to === 'both' || to === system);
  for (const [target, system] of targets) {
    await client.post('/v1/control', { action: 'resume', target, actor });
    print(`Writes to ${system} begin; lockstep status shows what is left.`);
  }
}
