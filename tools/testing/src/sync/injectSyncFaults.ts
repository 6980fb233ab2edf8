import { setTimeout as sleep } from 'node:timers/promises';
import type { ServiceFaults } from '@lockstep/local-stack';
import type { Random } from '@lockstep/simulation';
import type { ControlApi } from '../controlApi.ts';
import type { KeptServices } from './keepServices.ts';
import type { Lane, laneFaults, SyncFault } from './planSyncFaults.ts';

export type FaultPlaces = {
  readonly kept: KeptServices;
  readonly backing: ServiceFaults;
  readonly dynamics: ControlApi;
  readonly marketo: ControlApi;
  readonly random: Random;
};

/** Longest pause before a fault, by its lane, in ms: crashes of a broker take half a minute to be over. */
const pauseMsMax: Readonly<Record<Lane, number>> = {
  services: 8_000,
  backing: 25_000,
  dynamics: 6_000,
  marketo: 6_000,
};
/** Groups and leases miss a silent member after 7 s at the earliest. */
const frozenMsMin = 5_000;
const frozenMsMax = 20_000;
/** Calls in a row that meet a fault. */
const callsMax = 3;

/** Commits the faults of one lane one after the other, each after a pause. */
export async function injectSyncFaults(
  places: FaultPlaces,
  lane: Lane,
  { faults, onFault, signal }: SyncFaults,
): Promise<void> {
  for (const fault of faults) {
    await sleep(places.random.below(pauseMsMax[lane]), undefined, { signal });
    await commit(places, fault);
    onFault(fault);
  }
}

export type SyncFaults = {
  readonly faults: readonly SyncFault[];
  readonly onFault: (fault: SyncFault) => void;
  readonly signal: AbortSignal;
};

async function commit({ kept, backing, random, ...systems }: FaultPlaces, fault: SyncFault): Promise<void> {
  switch (fault) {
    case 'KILL':
      return kept.killOne();
    case 'FREEZE':
      return kept.freezeOne(frozenMs(random));
    case 'KAFKA_CRASH':
      return backing.crash('kafka');
    case 'MONGODB_CRASH':
      return backing.crash('mongodb');
    case 'KAFKA_FREEZE':
      return backing.freeze('kafka', frozenMs(random));
    case 'MONGODB_FREEZE':
      return backing.freeze('mongodb', frozenMs(random));
    default: {
      const action = actionOf(fault, random);
      const api = fault.startsWith('DYNAMICS') ? systems.dynamics : systems.marketo;
      await api.post('faults', { match: {}, action, times: 1 + random.below(callsMax) });
    }
  }
}

const frozenMs = (random: Random): number => frozenMsMin + random.below(frozenMsMax - frozenMsMin);

type CallFault = (typeof laneFaults)['dynamics' | 'marketo'][number];

function actionOf(fault: CallFault, random: Random): object {
  switch (fault) {
    case 'DYNAMICS_STATUS':
    case 'MARKETO_STATUS':
      return { kind: 'status', status: random.pick([500, 502, 503, 504]) };
    case 'DYNAMICS_DROP':
    case 'MARKETO_DROP':
      return { kind: 'drop' };
    case 'DYNAMICS_ANSWER_LOST':
    case 'MARKETO_ANSWER_LOST':
      return { kind: 'commitThenDrop' };
  }
}
