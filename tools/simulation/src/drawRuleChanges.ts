import type { ExpectedField, ExpectedRules } from '@lockstep/checker';
import type { Action, HumanAct } from './actions.ts';
import type { Random } from './random.ts';

type Said = ExpectedField | 'off';

/** The place of another field, which is off meanwhile. */
const elsewhere = { lead: 'telephone2', contact: 'telephone2' } as const;

/** What a file may say of a field in place of what it said before; nothing is what was there at first. */
const choices: Readonly<Record<string, readonly [Said, ...Said[]]>> = {
  phone: [{}, 'off', elsewhere, { marketo: 'crmHomePhone' }, { ...elsewhere, direction: 'to-marketo' }],
  city: [{}, 'off', { direction: 'to-marketo' }, { direction: 'to-dynamics' }, { conflict: 'marketo' }],
  firstName: [
    {},
    'off',
    { conflict: 'newest' },
    { conflict: 'review' },
    { write: 'fill-blanks' },
    { write: 'once' },
  ],
  leadSource: [{}, { labels: { 8: 'Website' } }, { labels: { 8: 'Seminar', 6: 'Web' } }, 'off'],
};

type Change = (random: Random) => Action;

/** Draws one file after the other, each of which differs from the one before in one thing. */
export function createRuleDraw(first: ExpectedRules): Change {
  let present = first;

  return (random) => {
    present = random.chance(0.15) ? withOtherFilter(random, present) : withOtherField(random, present);
    const delay = (): number => random.pick([0, 0, 5_000, 20_000]);

    return { kind: 'rules', rules: present, delaysMs: [delay(), delay()] };
  };
}

function withOtherField(random: Random, rules: ExpectedRules): ExpectedRules {
  const field = random.pick(['phone', 'phone', 'city', 'firstName', 'leadSource']);
  const said = random.pick(choices[field] ?? [{}]);
  const isElsewhere = typeof said !== 'string' && (said.lead ?? said.marketo) !== undefined;
  const { homePhone: _, ...others } = rules.fields ?? {};
  const kept = field === 'phone' ? others : (rules.fields ?? {});

  return { ...rules, fields: { ...kept, [field]: said, ...(isElsewhere && { homePhone: 'off' }) } };
}

function withOtherFilter(
  random: Random,
  { filter: _filter, syncColumn: _column, ...rules }: ExpectedRules,
): ExpectedRules {
  const others: readonly [ExpectedRules, ...ExpectedRules[]] = [
    { filter: { column: 'address1_country', isNot: 'FR' } },
    { filter: { column: 'address1_country', isNot: 'FR' }, syncColumn: 'off' },
    {},
  ];

  return { ...rules, ...random.pick(others) };
}

/** People use what the rules put elsewhere, too. */
export const drawEditElsewhere: Change = (random) => ({
  kind: 'human',
  act: {
    ...{ do: 'edit', side: random.pick(['dynamics', 'marketo'] as const), slot: random.below(3) },
    ...{ field: 'homePhone', value: random.chance(0.2) ? null : `homePhone ${random.below(1_000)}` },
  },
});

const tried = ['phone', 'city', 'firstName', 'leadSource'] as const;

/** In the end everything is at rest, everybody decides by the last rules, and each side is edited once more. */
export function lastEdits(random: Random): readonly Action[] {
  const rest: Action = { kind: 'rest' };
  // Whoever is edited in one field only is not read for another one.
  const share = random.pick([0.15, 0.7]);
  const edits = (side: 'dynamics' | 'marketo'): readonly Action[] =>
    [0, 1, 2, 3].flatMap((slot) =>
      tried.flatMap((field): Action[] => {
        const act: HumanAct = { do: 'edit', side, slot, field, value: lastValue(random, side, field) };

        return random.chance(share) ? [{ kind: 'human', act }] : [];
      }),
    );

  return [rest, ...edits('dynamics'), rest, ...edits('marketo')];
}

const lastValue = (random: Random, side: string, field: string): string =>
  field === 'leadSource'
    ? random.pick(['Partner', 'Web', 'Seminar'])
    : `${field} of ${side} ${random.below(1_000)}`;
