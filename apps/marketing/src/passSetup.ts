import { openSetupCheck, reopeningStepper, type SetupFault } from '@lockstep/pipelines';
import type { Lease } from '@lockstep/ports';
import { reasonOf, retryForever, systemClock, type Service } from '@lockstep/service-runtime';
import type { Parts } from './marketingParts.ts';

type Voice = Pick<Service, 'log' | 'readiness'>;
type SetupParts = Pick<Parts, 'marketo' | 'eventLog'> & { readonly service: Voice };

/** Resolves when Marketo is set up well enough to begin, or with the signal. */
export async function passSetup(parts: SetupParts, lease: Lease, signal: AbortSignal): Promise<void> {
  const { marketo, eventLog, service } = parts;
  const { setup, budget } = marketo;
  const passed = new AbortController();
  const clock = systemClock;
  const onFaults = createTeller(service);
  const check = reopeningStepper(() =>
    openSetupCheck({ setup, budget, log: eventLog, lease, clock, onFaults }),
  );
  await retryForever({
    component: 'marketo/setup',
    async step() {
      const pause = await check.step(signal);
      passed.abort();

      return pause;
    },
    signal: AbortSignal.any([signal, passed.signal]),
    ...service,
    clock,
    random: Math.random,
  });
  onFaults([]);
  await check.close();
}

/** A line of the health page for each grave fault, by code and sentence, since the page is open to all; the rest is logged. */
function createTeller({ log, readiness }: Voice): (faults: readonly SetupFault[]) => void {
  let shown: readonly string[] = [];

  return (faults) => {
    for (const component of shown) readiness.set(component, null);
    const grave = faults.filter(({ isGrave }) => isGrave);
    for (const { check, code } of grave) readiness.set(`marketo/${check}`, reasonOf({ code }));
    shown = grave.map(({ check }) => `marketo/${check}`);
    if (faults.length > 0 && grave.length === 0) log.warn({ faults }, 'Marketo is not set up in full.');
  };
}
