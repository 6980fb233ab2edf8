import { SyncError } from '@lockstep/change-events';
import { createHintBell, createRequestDoors, type HintBell, type RequestDoors } from '@lockstep/pipelines';
import type { CallbackStore, RequestStore } from '@lockstep/ports';
import { systemClock, type Log, type Metrics, type ServiceApi } from '@lockstep/service-runtime';
import type { Config } from '../config.ts';
import { flowStepApi } from './flowStepApi.ts';
import { requestApi } from './requestApi.ts';

type Behind = {
  readonly requests: RequestStore;
  readonly callbacks: CallbackStore;
  readonly counter: Metrics['requests'];
};

/** Where requests come in: every process takes them, the active one publishes them (decision 14). */
export type RequestEntrance = {
  readonly doors: RequestDoors;
  /** Wakes whoever publishes. */
  readonly bell: HintBell;
  /** Without a key there are none. */
  apis(log: Log): readonly ServiceApi[];
  /** From now on requests can be stored; before, calls are answered 503. */
  open(behind: Behind): void;
};

export function createRequestEntrance(config: Config): RequestEntrance {
  const clock = systemClock;
  const bell = createHintBell(clock);
  let behind: Behind | null = null;
  const opened = (): Behind => {
    if (behind === null) throw new SyncError('MONGODB_UNREACHABLE', { reason: 'the service is starting' });

    return behind;
  };
  const requests = {
    accept: async (list) => opened().requests.accept(list),
    find: async (ids) => opened().requests.find(ids),
  } satisfies Pick<RequestStore, 'accept' | 'find'>;
  const doors = createRequestDoors({
    requests,
    clock,
    onAccepted(list) {
      for (const { door, state } of list) opened().counter.inc({ door, state });
      bell.ring();
    },
  });

  return {
    doors,
    bell,
    apis(log) {
      const { marketoRequestKey: key } = config;
      if (key === undefined) return [];
      const callbacks = { add: async (callback) => opened().callbacks.add(callback) } satisfies Pick<
        CallbackStore,
        'add'
      >;
      const callbackHosts = { hosts: config.flowStepCallbackHosts, marketoUrl: config.marketoUrl };
      const { flowStepAnswerAfterMs: answerAfterMs } = config;

      return [
        requestApi({ key, log, doors, requests }),
        ...flowStepApi({ key, log, doors, callbacks, callbackHosts, answerAfterMs, clock }),
      ];
    },
    open: (given) => void (behind = given),
  };
}
