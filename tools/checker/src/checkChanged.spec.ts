import { checkHistory } from './checkHistory.ts';
import { edit, exampleHistory, linkedPair, type ExampleStep } from './exampleHistory.ts';
import type { ExpectedRules } from './expectedRules.ts';
import type { History } from './history.ts';
import { findingKinds } from './verdict.ts';

/** After all steps of an example, or before them. */
const [always, never] = [0, Date.UTC(2030, 0, 1)];

const elsewhere: ExpectedRules = { fields: { phone: { lead: 'telephone2' }, homePhone: 'off' } };

function judge(steps: readonly ExampleStep[], ruled: Partial<History>) {
  const verdict = checkHistory(exampleHistory(steps, { formerRules: [{}], ...ruled }));
  const kinds = findingKinds.filter((kind) => verdict[kind].length > 0);

  return { kinds, exempt: verdict.exempt.map(({ what, reason }) => `${what}: ${reason}`) };
}

const ours = (values: Readonly<Record<string, unknown>>): ExampleStep => ({
  ...edit('person', values),
  by: 'application',
});

const given = [...linkedPair('lead'), edit('lead', { telephone1: '2' }), ours({ phone: '2' })];

describe('a field of which the rules did not always say the same', () => {
  it('may differ while nobody edits it under the last rules, and is told', () => {
    const moved = { rules: elsewhere, ruledSinceMs: never };
    const { kinds, exempt } = judge([...given, edit('lead', { telephone1: '3' })], moved);

    expect(kinds).toEqual([]);
    expect(exempt).toContain('phone: rules-changed');
  });

  it('is found where it differs after an edit under the last rules, and all others as ever', () => {
    const since = { rules: elsewhere, ruledSinceMs: always };

    expect(judge([...given, edit('lead', { telephone2: '3' })], since).kinds).toEqual(['differences']);
    expect(
      judge([...given, edit('lead', { firstname: 'Ann' })], { ...since, ruledSinceMs: never }).kinds,
    ).toContain('differences');
  });

  it.each([
    ['a value that nobody gave', { phone: '9' }, ['unexplainedWrites']],
    ['a blank that nobody gave', { phone: null }, ['unexplainedWrites']],
    ['a value of another place of it', { phone: '7' }, []],
  ])('is found when a side gets %s', (_what, values, kinds) => {
    const steps = [...given, edit('lead', { telephone2: '7' }), ours(values)];

    expect(judge(steps, { rules: elsewhere, ruledSinceMs: never }).kinds).toEqual(kinds);
  });

  it('is found when a side gets back what everybody has left', () => {
    const left = [edit('lead', { telephone1: '3' }), edit('person', { phone: '4' })];
    const back: ExampleStep = { ...edit('lead', { telephone1: '2' }), by: 'application' };

    expect(
      judge([...given, ...left.toReversed(), back], {
        rules: {},
        formerRules: [elsewhere],
        ruledSinceMs: never,
      }).kinds,
    ).toEqual(['flipFlopped']);
  });
});

describe('a row that not all rules let in', () => {
  const filter = { column: 'address1_country', isNot: 'FR' } as const;
  const out = [...linkedPair('lead'), edit('lead', { address1_country: 'FR' })];

  it('may differ, unless it is edited when the last rules let it in', () => {
    const letIn = { rules: {}, formerRules: [{ filter }] };
    const edited = [...out, edit('lead', { telephone1: '5' })];

    expect(judge(edited, { ...letIn, ruledSinceMs: never }).kinds).toEqual([]);
    expect(judge(edited, { ...letIn, ruledSinceMs: always }).kinds).toEqual(['differences']);
  });

  it('is not written while none of them lets it in', () => {
    const write: ExampleStep = { ...edit('lead', { telephone1: '5' }), by: 'application' };
    const steps = [...out, edit('lead', { new_synctomkto: false }), write];
    const { kinds } = judge(steps, { rules: { filter }, formerRules: [{}], ruledSinceMs: never });

    expect(kinds).toEqual(['unexplainedWrites']);
  });
});
