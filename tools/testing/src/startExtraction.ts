import { toEnvironment, type StackAddresses } from '@lockstep/local-stack';
import { dynamicsSettings, startEmulatedDynamics, type EmulatedDynamics } from './emulatedDynamics.ts';
import { createServices, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, openBacking, type Backing, type Closers } from './openBacking.ts';

/** An emulated Dynamics, topics of its own, and extractors to be started. */
export type Extraction = Backing & {
  readonly dynamics: EmulatedDynamics;
  readonly services: LockstepServices;
  close(): Promise<void>;
};

/** The extractor alone: no Marketo, no reconciler. `settings` are those of docs/configuration.md; a `stack` stays open. */
export async function startExtraction(
  settings: Readonly<Record<string, string>>,
  stack?: StackAddresses,
): Promise<Extraction> {
  const closers: Closers = [];
  try {
    const backing = await openBacking(closers, stack);
    const dynamics = await startEmulatedDynamics();
    closers.push(() => dynamics.close());
    const services = await createServices({
      ...toEnvironment(backing),
      ...dynamicsSettings(dynamics),
      TOPIC_PREFIX: backing.topicPrefix,
      RECONCILER_GROUP: '',
      ...settings,
    });
    closers.push(() => services.close());
    return { ...backing, dynamics, services, close: () => closeInReverse(closers) };
  } catch (error) {
    await closeInReverse(closers);
    throw error;
  }
}
