import { toEnvironment } from '@lockstep/local-stack';
import { marketoSettings, startEmulatedMarketo, type EmulatedMarketo } from './emulatedMarketo.ts';
import { createServices, type LockstepServices } from './lockstepServices.ts';
import { closeInReverse, openBacking, type Backing, type Closers } from './openBacking.ts';

/** An emulated Marketo, topics of its own, and marketing services to be started. */
export type Noticing = Backing & {
  readonly marketo: EmulatedMarketo;
  readonly services: LockstepServices;
  close(): Promise<void>;
};

/** The marketing service alone: no Dynamics, no reconciler. `settings` are those of docs/configuration.md. */
export async function startNoticing(settings: Readonly<Record<string, string>>): Promise<Noticing> {
  const closers: Closers = [];
  try {
    const backing = await openBacking(closers);
    const marketo = await startEmulatedMarketo();
    closers.push(() => marketo.close());
    const services = await createServices({
      ...toEnvironment(backing),
      ...marketoSettings(marketo),
      TOPIC_PREFIX: backing.topicPrefix,
      MONGODB_DATABASE: backing.topicPrefix,
      ...settings,
    });
    closers.push(() => services.close());
    return { ...backing, marketo, services, close: () => closeInReverse(closers) };
  } catch (error) {
    await closeInReverse(closers);
    throw error;
  }
}
