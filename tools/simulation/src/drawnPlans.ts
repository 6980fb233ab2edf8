import type { Scalar, System } from '@lockstep/change-events';
import fc from 'fast-check';
import {
  consumerGroups,
  pieces,
  requestPieces,
  requestWords,
  type Action,
  type HumanAct,
  type Plan,
} from './actions.ts';

type Edit = Extract<HumanAct, { do: 'edit' }>;
type Creation = Extract<HumanAct, { do: 'create' }>;
type Step = Extract<Action, { kind: 'step' }>;

const side = fc.constantFrom<System>('dynamics', 'marketo');
const slot = fc.nat(2);
const email = fc.constantFrom('ada@example.com', 'bo@example.com');

/** Values of the same field are few, so that edits collide, also in what they enter. */
const fieldAndValue = fc.oneof(
  { weight: 5, arbitrary: valuesOf(['firstName', 'phone', 'city'], ['a', 'b', 'c', null]) },
  { weight: 2, arbitrary: valuesOf(['unsubscribed', 'doNotCall'], [true, false]) },
  { weight: 1, arbitrary: valuesOf(['leadSource'], ['Partner', 'Web']) },
  { weight: 1, arbitrary: valuesOf(['annualRevenue'], ['100', '250.5']) },
  { weight: 1, arbitrary: valuesOf(['leadScore'], [1, 2]) },
);

function valuesOf(fields: readonly string[], values: readonly Scalar[]) {
  return fc.tuple(fc.constantFrom(...fields), fc.constantFrom(...values));
}

export const edits: fc.Arbitrary<Edit> = fc
  .tuple(side, slot, fieldAndValue)
  .map(([of, at, [field, value]]) => ({ do: 'edit', side: of, slot: at, field, value }));

const filter: fc.Arbitrary<HumanAct> = fc.record({
  do: fc.constant('filter' as const),
  slot,
  value: fc.constantFrom(true, false, null),
});
const removal: fc.Arbitrary<HumanAct> = fc.record({ do: fc.constant('delete' as const), side, slot });
const merge: fc.Arbitrary<HumanAct> = fc.record({
  do: fc.constant('merge' as const),
  side,
  slot,
  into: slot,
});
const qualification: fc.Arbitrary<HumanAct> = fc.record({ do: fc.constant('qualify' as const), slot });
const request: fc.Arbitrary<HumanAct> = fc.record({
  do: fc.constant('ask' as const),
  slot,
  words: fc.constantFrom(...requestWords),
  as: fc.constantFrom('lead' as const, 'contact' as const),
  again: fc.constantFrom(false, false, true),
});
const address: fc.Arbitrary<Edit> = fc
  .tuple(side, slot, email)
  .map(([of, at, value]) => ({ do: 'edit', side: of, slot: at, field: 'email', value }));

export const creations: fc.Arbitrary<Creation> = fc.record({
  do: fc.constant('create' as const),
  side,
  table: fc.constantFrom('lead' as const, 'contact' as const),
  values: fc
    .tuple(email, fc.option(fc.constantFrom('a', 'b')), fc.boolean())
    .map(([of, phone, optedOut]) => ({
      lastName: 'Reed',
      email: of,
      ...(phone !== null && { phone }),
      ...(optedOut && { unsubscribed: true }),
    })),
});

export const acts: fc.Arbitrary<HumanAct> = fc.oneof(
  { weight: 8, arbitrary: edits },
  { weight: 1, arbitrary: filter },
  { weight: 1, arbitrary: removal },
  { weight: 1, arbitrary: merge },
  { weight: 1, arbitrary: qualification },
  { weight: 1, arbitrary: request },
  { weight: 1, arbitrary: address },
  { weight: 1, arbitrary: creations },
);

/** A step of any loop, which takes any of what waits for it, all of it or a little. */
export const steps: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('step' as const),
  piece: fc.constantFrom(...pieces, ...requestPieces),
  choice: fc.nat(3),
  messagesMax: fc.constantFrom(1, 2, 100),
  fault: fc.constant(null),
});

const fault = fc.record({
  call: fc.nat(5),
  when: fc.constantFrom('before' as const, 'after' as const),
  kind: fc.constantFrom('crash' as const, 'error' as const, 'later' as const),
});
const faultySteps: fc.Arbitrary<Step> = fc
  .tuple(steps, fault)
  .map(([step, drawn]) => ({ ...step, fault: drawn }));

const human = (act: HumanAct): Action => ({ kind: 'human', act });
export const redelivery: fc.Arbitrary<Action> = fc.record({
  kind: fc.constant('redeliver' as const),
  group: fc.constantFrom(...consumerGroups),
});

const actions: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: steps },
  { weight: 4, arbitrary: acts.map(human) },
  { weight: 2, arbitrary: faultySteps },
  { weight: 1, arbitrary: redelivery },
  { weight: 1, arbitrary: fc.constantFrom(300, 5_000, 130_000).map((ms): Action => ({ kind: 'pass', ms })) },
);

type Shape = { readonly settled: boolean; readonly rest: readonly Action[] };

/** A plan that begins with these records, known to both sides or not, and goes on with `rest`. */
export function planOf(first: readonly Creation[], { settled, rest }: Shape): Plan {
  return {
    seed: 0,
    matchByEmail: false,
    pageSizeMax: 3,
    feedBlock: 300,
    actions: [...first.map(human), ...(settled ? [{ kind: 'settle' } as const] : []), ...rest],
  };
}

export const someRecords = fc.array(creations, { minLength: 1, maxLength: 3 });

/** Anything that may happen, in any order. */
export const plans: fc.Arbitrary<Plan> = fc
  .tuple(someRecords, fc.boolean(), fc.boolean(), fc.array(actions, { maxLength: 14 }))
  .map(([first, settled, matchByEmail, rest]) => ({ ...planOf(first, { settled, rest }), matchByEmail }));

export const humanActions = (of: readonly HumanAct[]): Action[] => of.map(human);
