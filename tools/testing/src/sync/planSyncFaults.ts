import type { Random } from '@lockstep/simulation';
import { drawKinds } from '../drawKinds.ts';

/** Of the services: `kill -9`, and SIGSTOP beyond what groups and leases wait for. The same of what they stand on. Of calls: answers that are lost, late or refused. */
export const laneFaults = {
  services: ['KILL', 'FREEZE'],
  backing: ['KAFKA_CRASH', 'KAFKA_FREEZE', 'MONGODB_CRASH', 'MONGODB_FREEZE'],
  dynamics: ['DYNAMICS_STATUS', 'DYNAMICS_DROP', 'DYNAMICS_ANSWER_LOST'],
  marketo: ['MARKETO_STATUS', 'MARKETO_DROP', 'MARKETO_ANSWER_LOST'],
} as const;

export type Lane = keyof typeof laneFaults;
export type SyncFault = (typeof laneFaults)[Lane][number];

export const lanes = Object.keys(laneFaults) as readonly Lane[];

export type SyncPlan = {
  readonly seed: number;
  readonly faults: number;
  /** Leads and contacts of Dynamics, and as many persons of Marketo that are matched to them. */
  readonly people: number;
  readonly editsPerSecond: number;
};

/** As many for each lane, give or take one, each kind in turn, in an order drawn from the seed. */
export function planSyncFaults(
  faults: number,
  wanted: readonly Lane[],
  random: Random,
): Readonly<Record<Lane, readonly SyncFault[]>> {
  const drawn = lanes.map((lane) => {
    const place = wanted.indexOf(lane);
    const count = place < 0 ? 0 : Math.ceil((faults - place) / wanted.length);
    return [lane, drawKinds(laneFaults[lane], count, random)] as const;
  });

  return Object.fromEntries(drawn) as Record<Lane, readonly SyncFault[]>;
}
