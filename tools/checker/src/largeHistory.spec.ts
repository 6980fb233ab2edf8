import { checkHistory } from './checkHistory.ts';
import { exampleHistory, type ExampleStep } from './exampleHistory.ts';
import { countFindings, findingKinds, type Verdict } from './verdict.ts';

const pairs = 2_000;
/** The pair with which something is wrong. */
const odd = pairs / 2;

const rowId = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const email = (n: number): string => `person-${n}@example.org`;

const row = (n: number, set: ExampleStep['set'], by: ExampleStep['by'] = 'human'): ExampleStep => ({
  ...{ on: 'lead', by, id: rowId(n), set },
});

const person = (n: number, set: ExampleStep['set'], by: ExampleStep['by'] = 'human'): ExampleStep => ({
  ...{ on: 'person', by, id: String(n), set },
});

const mirror = (n: number) => ({ crmId: rowId(n), crmType: 'Lead', crmIsDeleted: false });
const made = (n: number, of = n): ExampleStep =>
  person(n, { email: email(of), city: 'Bath', lockstepId: `golden-${n}`, ...mirror(of) }, 'application');

/** All rows, then all their persons, then an edit in Marketo of each; of the odd one, what is given instead. */
function judge(instead: readonly ExampleStep[] | null, persons = made): Verdict {
  const numbers = Array.from({ length: pairs }, (_, at) => at + 1);
  const edited = (n: number): readonly ExampleStep[] => [
    person(n, { city: 'Riverton' }),
    row(n, { address1_city: 'Riverton' }, 'application'),
  ];
  const steps = [
    ...numbers.map((n) => row(n, { emailaddress1: email(n), address1_city: 'Bath' })),
    ...numbers.map((n) => persons(n)),
    ...numbers.flatMap((n) => (n === odd && instead ? instead : edited(n))),
  ];
  return checkHistory(exampleHistory(steps, { matchByEmail: true }));
}

function found(verdict: Verdict): object {
  const counts = Object.entries(countFindings(verdict)).filter(([, count]) => count > 0);
  return Object.fromEntries(counts);
}

describe(`one of ${pairs} pairs`, () => {
  it('is as clean as the others', () => {
    expect(judge(null)).toMatchObject({ clean: true, linkedPairs: pairs, edits: 2 * pairs, exempt: [] });
  });

  it.each<[string, ExampleStep[], object]>([
    ['whose edit did not arrive', [person(odd, { city: 'Riverton' })], { lost: 1, differences: 1 }],
    ['that got a second person', [made(pairs + odd, odd)], { doubled: 2 }],
    ['whose person we deleted', [person(odd, null, 'application')], { missing: 1, unexpected: 1 }],
    [
      'that was written without an edit',
      [row(odd, { address1_city: 'Hillside' }, 'application')],
      { lost: 1, unexplainedWrites: 1, differences: 1 },
    ],
    [
      'that got an address of the next one, which had opted out',
      [
        person(odd + 1, { unsubscribed: true }),
        row(odd + 1, { donotbulkemail: true }, 'application'),
        row(odd, { emailaddress1: email(odd + 1) }),
        person(odd, { email: email(odd + 1) }, 'application'),
      ],
      { optOutsLost: 1 },
    ],
  ])('%s is found', (_, instead, kinds) => {
    const verdict = judge(instead);

    expect(found(verdict)).toEqual(kinds);
    for (const kind of findingKinds)
      for (const { ids } of verdict[kind]) expect(ids.join()).toMatch(new RegExp(`\\b0*${odd}\\b`));
  });

  it('that was made under the address of somebody who was there is found', () => {
    const stranger = (n: number) => (n === odd ? person(n, { email: email(n) }) : made(n));
    expect(found(judge([made(pairs + odd, odd)], stranger))).toEqual({ doubled: 1 });
  });
});
