import type { FieldDefinition } from '@lockstep/change-events';
import {
  openSetupCheck,
  reopeningStepper,
  type MarketoHome,
  type SchemaWishes,
  type SetupFault,
} from '@lockstep/pipelines';
import type { Lease, MarketoField } from '@lockstep/ports';
import { reasonOf, retryForever, systemClock, type Service } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import type { Parts } from './marketingParts.ts';

type Voice = Pick<Service, 'log' | 'readiness'>;
type SetupParts = Pick<Parts, 'marketo' | 'eventLog'> & {
  readonly config: Pick<Config, 'marketoRequestField' | 'marketoUrl' | 'marketoFormerUrl'>;
  readonly stores: { readonly syncState: MarketoHome['syncState'] };
  readonly service: Voice;
  readonly wishes?: SchemaWishes;
  readonly fields?: readonly FieldDefinition[];
};

export type SetupWatch = {
  /** Resolves when Marketo is set up well enough to begin, or with the signal. */
  readonly passed: Promise<void>;
  /** Resolves after the signal; rejects with a failure that says STOP. */
  readonly ended: Promise<void>;
  /** Marketo's fields by name as they were described last; null before the first look. */
  described(): ReadonlyMap<string, MarketoField> | null;
};

/** Looks at the setup of Marketo until the signal: at once, and then every hour. */
export function watchSetup(parts: SetupParts, lease: Lease, signal: AbortSignal): SetupWatch {
  const passed = new AbortController();
  let described: ReadonlyMap<string, MarketoField> | null = null;
  const onDescribed = (fields: readonly MarketoField[]): void => {
    described = new Map(fields.map((field) => [field.name, field]));
  };
  const options = { ...parts, lease, onDescribed, onPassed: () => passed.abort() };

  return {
    passed: aborted(AbortSignal.any([signal, passed.signal])),
    ended: look(options, signal),
    described: () => described,
  };
}

type LookOptions = SetupParts & {
  readonly lease: Lease;
  readonly onDescribed: (fields: readonly MarketoField[]) => void;
  readonly onPassed: () => void;
};

async function look(options: LookOptions, signal: AbortSignal): Promise<void> {
  const { marketo, eventLog: log, service, config, lease, onDescribed, onPassed, wishes, fields } = options;
  const { marketoRequestField: feedField } = config;
  const { setup, budget } = marketo;
  const clock = systemClock;
  const onFaults = createTeller(service);
  const check = reopeningStepper(() =>
    openSetupCheck({
      ...{ setup, budget, feedField, log, lease, clock, onFaults, onDescribed },
      home: homeOf(options),
      ...(wishes && { wishes }),
      ...(fields && { fields }),
    }),
  );
  const step = async () => {
    const pause = await check.step(signal);
    onPassed();

    return pause;
  };
  await retryForever({ component: 'marketo/setup', step, signal, ...service, clock, random: Math.random });
  onFaults([]);
  await check.close();
}

function homeOf({ config, stores }: SetupParts): MarketoHome {
  const { marketoUrl, marketoFormerUrl } = config;
  const origin = (url: string): string => new URL(url).origin;
  const formerOrigin = marketoFormerUrl === undefined ? undefined : origin(marketoFormerUrl);

  return { origin: origin(marketoUrl), formerOrigin, syncState: stores.syncState };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** A line of the health page for each grave fault, by code and sentence, since the page is open to all; the rest is logged. */
function createTeller({ log, readiness }: Voice): (faults: readonly SetupFault[]) => void {
  let shown: readonly string[] = [];
  let logged = '[]';

  return (faults) => {
    for (const component of shown) readiness.set(component, null);
    const grave = faults.filter(({ isGrave }) => isGrave);
    for (const { check, code } of grave) readiness.set(`marketo/${check}`, reasonOf({ code }));
    shown = grave.map(({ check }) => `marketo/${check}`);
    const isNews = JSON.stringify(faults) !== logged;
    logged = JSON.stringify(faults);
    if (isNews && faults.length > 0 && grave.length === 0)
      log.warn({ faults }, 'Marketo is not set up in full.');
  };
}
