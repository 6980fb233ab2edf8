import { directionTargets } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { openClient } from './operatorClient.ts';

export type GoOptions = {
  readonly to: 'dynamics' | 'marketo' | 'both';
  readonly actor?: string;
  /** Although both sides have not been read once. */
  readonly force?: boolean;
};

/**
 * Starts the writing to a side, or to both: what was withheld is planned anew and sent (docs/operations.md). Answers false, and
 * starts nothing, before both sides have been read once: until then nobody can foretell what would be written.
 */
export async function go(
  env: Environment,
  { to, actor = actorHere(), force = false }: GoOptions,
  print: (line: string) => void,
): Promise<boolean> {
  const client = openClient(loadApiConfig(env));
  const { firstReadsComplete } = await client.get<{ firstReadsComplete: boolean }>('/v1/status');
  if (!firstReadsComplete && !force) {
    print(
      'Both sides have not been read once, so what would be written is not known yet; --force starts it all the same.',
    );
    return false;
  }
  const targets = Object.entries(directionTargets).filter(([, system]) => to === 'both' || to === system);
  for (const [target, system] of targets) {
    await client.post('/v1/control', { action: 'resume', target, actor });
    print(`Writes to ${system} begin; lockstep status shows what is left.`);
  }

  return true;
}
