import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@lockstep/simulation';
import type { EmulatedDynamics } from './emulatedDynamics.ts';

/** Edits, creates and deletes leads until the signal, `perSecond` times a second; answers how many of each. */
export async function keepEditingLeads(
  dynamics: EmulatedDynamics,
  random: Random,
  { perSecond, signal }: { readonly perSecond: number; readonly signal: AbortSignal },
): Promise<Record<Kind, number>> {
  const done = { edit: 0, create: 0, delete: 0 };
  const ids = (await dynamics.rows('lead')).map((row) => String(row['leadid']));
  for (let number = 0; !signal.aborted && ids.length > 1; number += 1) {
    const kind = random.pick(kinds);
    await acts[kind](dynamics, { ids, at: random.below(ids.length), number });
    done[kind] += 1;
    await sleep(1_000 / perSecond, undefined, { signal }).catch(() => undefined);
  }
  return done;
}

type Kind = 'edit' | 'create' | 'delete';
type Place = { readonly ids: string[]; readonly at: number; readonly number: number };

/** Eight edits to each row that comes or goes. */
const kinds: readonly [Kind, ...Kind[]] = ['create', 'delete', ...Array<Kind>(8).fill('edit')];

const acts: Readonly<Record<Kind, (dynamics: EmulatedDynamics, place: Place) => Promise<void>>> = {
  edit: (dynamics, { ids, at, number }) =>
    dynamics.editRow('lead', ids[at] ?? '', { jobtitle: `Title ${number}` }),
  async create(dynamics, { ids, number }) {
    ids.push(...(await dynamics.createRows('lead', [{ lastname: `Late ${number}` }])));
  },
  async delete(dynamics, { ids, at }) {
    const [id = ''] = ids.splice(at, 1);
    await dynamics.deleteRow('lead', id);
  },
};
