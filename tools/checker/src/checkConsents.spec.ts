import { checkHistory } from './checkHistory.ts';
import { exampleHistory, type ExampleStep } from './exampleHistory.ts';
import { countFindings, findingKinds, type FindingKind } from './verdict.ts';

const email = 'ada@example.com';

/** A lead and its person, by their place: two of them share an address. */
const rowId = (n: number): string => `00000000-0000-4000-8000-00000000000${n}`;
const mirror = (n: number) => ({ crmId: rowId(n), crmType: 'Lead', crmIsDeleted: false });

const inDynamics = (n: number, optedOut: boolean, by: ExampleStep['by'] = 'human'): ExampleStep => ({
  ...{ on: 'lead', by, id: rowId(n) },
  set: { emailaddress1: email, donotbulkemail: optedOut },
});

const inMarketo = (n: number, optedOut: boolean, by: ExampleStep['by'] = 'human'): ExampleStep => ({
  ...{ on: 'person', by, id: String(n) },
  set: { email, unsubscribed: optedOut, ...mirror(n) },
});

const pair = (n: number, optedOut: boolean): ExampleStep[] => [
  inDynamics(n, optedOut),
  inMarketo(n, optedOut, 'application'),
];

function found(steps: readonly ExampleStep[]): FindingKind[] {
  const counts = countFindings(checkHistory(exampleHistory(steps)));
  return findingKinds.filter((kind) => counts[kind] > 0);
}

describe('an opt-out of an address', () => {
  const both = [...pair(1, false), ...pair(2, false)];

  it('is clean when every record with the address has it', () => {
    const steps = [
      ...both,
      inMarketo(1, true),
      inDynamics(1, true, 'application'),
      inDynamics(2, true, 'application'),
      inMarketo(2, true, 'application'),
    ];

    expect(found(steps)).toEqual([]);
  });

  it('is lost where another record with the address does not have it', () => {
    const steps = [...both, inMarketo(1, true), inDynamics(1, true, 'application')];

    expect(found(steps)).toContain('optOutsLost');
  });

  it('is lost when nobody lifted it and it is gone', () => {
    const steps = [...both, inMarketo(1, true), inMarketo(1, false, 'application')];

    expect(found(steps)).toContain('optOutsLost');
  });

  it('may be lifted by somebody with another record', () => {
    const steps = [
      ...[...pair(1, true), ...pair(2, true)],
      inMarketo(1, false),
      inDynamics(1, false, 'application'),
      inDynamics(2, false, 'application'),
      inMarketo(2, false, 'application'),
    ];

    expect(found(steps)).toEqual([]);
  });

  it('is unexplained where nobody wished it', () => {
    const steps = [...both, inMarketo(1, true, 'application'), inDynamics(1, true, 'application')];

    expect(found(steps)).toContain('unexplainedWrites');
  });

  it('that was lifted and put back unseen does not outlast a lift on the other side', () => {
    const steps = [
      ...[...pair(1, true), ...pair(2, true)],
      inMarketo(1, false),
      inDynamics(1, false),
      inDynamics(1, true),
      inDynamics(1, false, 'application'),
      inDynamics(2, false, 'application'),
      inMarketo(2, false, 'application'),
    ];
    const history = exampleHistory(steps);
    const topic = 'dynamics.lead.changes';
    const seen = (history.changes?.[topic] ?? []).filter(
      ({ value }) => ![1005, 1006].includes(value?.version?.number ?? 0),
    );

    expect(found(steps)).toContain('optOutsLost');
    expect(checkHistory({ ...history, changes: { ...history.changes, [topic]: seen } }).optOutsLost).toEqual(
      [],
    );
  });
});
