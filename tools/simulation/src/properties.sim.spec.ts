import fc from 'fast-check';
import { consumerGroups, type Plan } from './actions.ts';
import { acts, edits, humanActions, planOf, someRecords, steps } from './drawnPlans.ts';
import { keepsEveryInvariant, propertySeed as seed, propertyTimeoutMs as timeoutMs } from './everyHistory.ts';
import { runPlan, type RunResult } from './runPlan.ts';

/** Histories of all properties together, with those of `invariants.sim.spec.ts`: 20,000. */
const runs = { any: 8_000, order: 1_200, redelivery: 800 };

/** What people see at the end, without what names the order in which records came to be. */
function finalValues({ history }: RunResult) {
  const { rows } = history.dynamics;
  const persons = history.marketo.persons.map(({ fields }) => withoutIds(fields));
  return { rows, persons: persons.sort((a, b) => String(a['crmId']).localeCompare(String(b['crmId']))) };
}

const names: ReadonlySet<string> = new Set(['id', 'lockstepId', 'updatedAt', 'createdAt']);
const withoutIds = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.has(name)));

/** How often each side was written, by anybody. */
const writesOf = ({ history }: RunResult) => [
  history.dynamics.states.length,
  history.marketo.states.length,
  history.golden.length,
];

const settledWith = (first: Parameters<typeof planOf>[0], rest: Plan['actions']) =>
  planOf(first, { settled: true, rest });

describe('every history', () => {
  it(
    'keeps every invariant, whatever people do and whatever fails, in any order',
    () => keepsEveryInvariant({ numRuns: runs.any, seed }),
    timeoutMs,
  );

  it(
    'of edits that neither side had seen ends the same in whatever order they are delivered',
    async () => {
      const order = fc.array(steps, { maxLength: 12 });
      const property = fc.asyncProperty(
        someRecords,
        fc.array(edits, { minLength: 1, maxLength: 6 }),
        order,
        order,
        async (first, unseen, one, other) => {
          const results = [];
          for (const delivery of [one, other])
            results.push(await runPlan(settledWith(first, [...humanActions(unseen), ...delivery])));
          const [left, right] = results as [RunResult, RunResult];
          expect(finalValues(right)).toEqual(finalValues(left));
        },
      );

      await fc.assert(property, { numRuns: runs.order, seed });
    },
    timeoutMs,
  );

  it(
    'that is delivered again as a whole changes nothing',
    async () => {
      const property = fc.asyncProperty(
        someRecords,
        fc.array(acts, { maxLength: 6 }),
        fc.subarray([...consumerGroups], { minLength: 1 }),
        async (first, done, again) => {
          const before = settledWith(first, [...humanActions(done), { kind: 'rest' }]);
          const after = {
            ...before,
            actions: [...before.actions, ...again.map((group) => ({ kind: 'redeliver' as const, group }))],
          };
          expect(writesOf(await runPlan(after))).toEqual(writesOf(await runPlan(before)));
        },
      );

      await fc.assert(property, { numRuns: runs.redelivery, seed });
    },
    timeoutMs,
  );
});
