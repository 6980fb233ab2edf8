import type { Random } from '@lockstep/simulation';
import type { Owner } from './ownPeople.ts';
import type { DeliveryPlan } from './planFaults.ts';

/** Whoever changes people: which one, when and in which lane is drawn from the seed. */
export type Editor = {
  /** This part of the people, from 0 to 1, exists from now on: the others are created as the run goes on. */
  reach(share: number): void;
  /** The edits of this long. */
  edit(forMs: number, nowMs: number): void;
};

/** Some are edited again and again, so that their commands meet each other. */
const busyPeople = 20;
const backfillShare = 0.3;
/** Of the commands in the backfill lane: a live edit of the same person follows while they are gathered or sent. */
const overtakenShare = 0.7;

export function createEditor(owner: Owner, plan: DeliveryPlan, random: Random): Editor {
  const overtaken: number[] = [];
  let reached = 0;
  const editOne = (nowMs: number): void => {
    const person = random.below(random.chance(0.5) ? Math.min(busyPeople, reached) : reached);
    const lane = random.chance(backfillShare) ? 'BACKFILL' : 'LIVE';
    owner.edit(person, lane, nowMs);
    if (lane === 'BACKFILL' && random.chance(overtakenShare)) overtaken.push(person);
  };
  return {
    reach: (share) => void (reached = Math.max(reached, Math.ceil(plan.people * share))),
    edit(forMs, nowMs) {
      if (reached === 0) return;
      for (const person of overtaken.splice(0)) owner.edit(person, 'LIVE', nowMs);
      for (let edits = (plan.editsPerSecond * forMs) / 1_000; edits > 0; edits -= 1) editOne(nowMs);
    },
  };
}
