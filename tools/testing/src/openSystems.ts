import { toEnvironment, type StackAddresses } from '@lockstep/local-stack';
import { dynamicsSettings, startEmulatedDynamics, type EmulatedDynamics } from './emulatedDynamics.ts';
import { marketoSettings, startEmulatedMarketo, type EmulatedMarketo } from './emulatedMarketo.ts';
import { openBacking, type Backing, type Closers } from './openBacking.ts';

/** What the services of one Lockstep stand between and on, and the settings by which they reach it. */
export type Systems = {
  readonly backing: Backing;
  readonly dynamics: EmulatedDynamics;
  readonly marketo: EmulatedMarketo;
  readonly settings: Readonly<Record<string, string>>;
};

/** Backing as `openBacking` opens it, and both emulators. */
export async function openSystems(
  closers: Closers,
  stack?: StackAddresses,
  customTables: readonly string[] = [],
): Promise<Systems> {
  const backing = await openBacking(closers, stack, customTables);
  const dynamics = await startEmulatedDynamics();
  closers.push(() => dynamics.close());
  const marketo = await startEmulatedMarketo();
  closers.push(() => marketo.close());
  const settings = {
    ...toEnvironment(backing),
    ...dynamicsSettings(dynamics),
    ...marketoSettings(marketo),
    ...{ TOPIC_PREFIX: backing.topicPrefix, MONGODB_DATABASE: backing.topicPrefix },
  };

  return { backing, dynamics, marketo, settings };
}
