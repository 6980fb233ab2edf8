import { createRandom } from '@lockstep/simulation';
import { laneFaults, lanes, planSyncFaults } from './planSyncFaults.ts';

describe('a plan of faults', () => {
  it('has as many as asked for, spread over lanes and kinds, and the same for one seed', () => {
    const plan = planSyncFaults(30, lanes, createRandom(3));

    expect(lanes.map((lane) => plan[lane].length)).toEqual([8, 8, 7, 7]);
    for (const lane of lanes) expect(new Set(plan[lane])).toEqual(new Set(laneFaults[lane]));
    expect(planSyncFaults(30, lanes, createRandom(3))).toEqual(plan);
    expect(planSyncFaults(30, lanes, createRandom(4))).not.toEqual(plan);
  });

  it('gives the faults of a lane that is not wanted to the others', () => {
    const plan = planSyncFaults(9, ['services', 'dynamics', 'marketo'], createRandom(3));

    expect(lanes.map((lane) => plan[lane].length)).toEqual([3, 0, 3, 3]);
  });
});
