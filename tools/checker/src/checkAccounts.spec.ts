import { defaultMapping, newGoldenRecord } from '@lockstep/reconciliation';
import { checkHistory } from './checkHistory.ts';
import { edit, exampleHistory, linkedPair, remove, rowId, type ExampleStep } from './exampleHistory.ts';
import type { AccountsHistory } from './history.ts';
import { findingKinds } from './verdict.ts';

const [accountId, otherId, opportunityId] = ['account-1', 'account-2', 'opportunity-1'];
const to = (table: string, id: string) => ({ id, table });
const account = (id: string, name: string): ExampleStep => ({
  on: 'account',
  by: 'human',
  id,
  set: { name },
});
const opportunity = (set: ExampleStep['set']): ExampleStep => ({
  ...{ on: 'opportunity', by: 'human', id: opportunityId, set },
});

/** A contact of an account, who is the customer of an opportunity. */
const settled: readonly ExampleStep[] = [
  account(accountId, 'Anker'),
  ...linkedPair(
    'contact',
    { telephone1: '1', parentcustomerid: to('account', accountId) },
    { phone: '1', externalCompanyId: accountId },
  ),
  opportunity({ name: 'Chairs', customerid: to('contact', rowId) }),
];

const company = { externalCompanyId: accountId, company: 'Anker' };
const deal = { externalOpportunityId: opportunityId, name: 'Chairs', externalCompanyId: accountId };
const role = { externalOpportunityId: opportunityId, leadId: 7, role: 'Potential Customer' };
const marketo: AccountsHistory = {
  ...{ companies: [company], opportunities: [deal], roles: [role] },
  ...{ golden: [], stored: null, needless: [] },
};

/** The kinds of findings, and the reasons of what is excused. */
function judge(steps: readonly ExampleStep[], held: Partial<AccountsHistory> = {}) {
  // Relations are judged here and nowhere else.
  const mapping = defaultMapping.filter(({ parents }) => !parents);
  const verdict = checkHistory(exampleHistory(steps, { mapping, accounts: { ...marketo, ...held } }));
  const found = findingKinds.flatMap((kind) => verdict[kind].map(({ what }) => `${kind}: ${what}`));
  return { found, exempt: verdict.exempt.map(({ reason }) => reason) };
}

describe('an account', () => {
  it('is clean when Marketo has it once, with its present name', () => {
    expect(judge(settled)).toEqual({ found: [], exempt: [] });
  });

  it('is missing, doubled, outdated or unknown when it is not', () => {
    const renamed = [...settled, account(accountId, 'Birke')];
    const more = { companies: [company, { externalCompanyId: 'account-9', company: 'Nobody' }] };

    expect(judge(settled, { companies: [] }).found).toEqual(['missing: company']);
    expect(judge(settled, { companies: [company, company] }).found).toEqual(['doubled: company']);
    expect(judge(renamed).found).toEqual(['differences: company']);
    expect(judge(settled, more).found).toEqual(['unexpected: company']);
  });

  it('may stay away while its filter says No, and stays when it is deleted', () => {
    const filtered: ExampleStep = {
      ...account(otherId, 'Birke'),
      set: { name: 'Birke', new_synctomkto: false },
    };
    const gone: ExampleStep = { ...account(otherId, ''), set: null };

    expect(judge([...settled, filtered])).toEqual({ found: [], exempt: ['filter-no'] });
    expect(
      judge([...settled, account(otherId, 'Birke'), gone], {
        companies: [company, { externalCompanyId: otherId, company: 'Birke' }],
      }).found,
    ).toEqual([]);
  });
});

describe('the company of a person', () => {
  const left = [...settled, edit('contact', { parentcustomerid: null })];
  const both = { companies: [company, { externalCompanyId: otherId, company: 'Birke' }] };

  it('is that of the present account of its contact', () => {
    const moved = [
      ...[...settled, account(otherId, 'Birke')],
      edit('contact', { parentcustomerid: to('account', otherId) }),
    ];
    const followed = [...moved, edit('person', { externalCompanyId: otherId }, 'application')];

    expect(judge(moved, both).found).toEqual(['differences: opportunity', 'differences: company of person']);
    expect(
      judge(followed, { ...both, opportunities: [{ ...deal, externalCompanyId: otherId }] }).found,
    ).toEqual([]);
  });

  it('stays when the contact has none any more, and is none that it never had', () => {
    expect(judge(left)).toEqual({ found: [], exempt: ['cannot-leave'] });
    const never = [
      ...left,
      account(otherId, 'Birke'),
      edit('person', { externalCompanyId: otherId }, 'application'),
    ];

    expect(judge(never, both).found).toEqual(['differences: company of person']);
  });

  it('is not asked of one that stays out', () => {
    const out = [
      ...settled,
      edit('contact', { new_synctomkto: false, parentcustomerid: to('account', otherId) }),
    ];

    expect(judge([...out, account(otherId, 'Birke')], both).found).toEqual(['differences: opportunity']);
  });
});

describe('an opportunity', () => {
  it('is missing or outdated when it is not in Marketo as it is', () => {
    expect(judge(settled, { opportunities: [], roles: [] }).found).toEqual([
      'missing: opportunity',
      'missing: role',
    ]);
    expect(judge([...settled, opportunity({ name: 'Tables' })]).found).toEqual(['differences: opportunity']);
  });

  it('is gone with its roles when it is deleted', () => {
    const gone = [...settled, opportunity(null)];

    expect(judge(gone, { opportunities: [], roles: [] }).found).toEqual([]);
    expect(judge(gone).found).toEqual(['revived: opportunity', 'revived: role']);
  });

  it('gives its customer a role, as long as that has a person, and nobody else', () => {
    const ofAccount = [...settled, opportunity({ customerid: to('account', accountId) })];

    expect(judge(settled, { roles: [] }).found).toEqual(['missing: role']);
    expect(judge(settled, { roles: [role, { ...role, leadId: 8 }] }).found).toEqual(['unexpected: role']);
    expect(judge(ofAccount).found).toEqual(['unexpected: role']);
    expect(judge(ofAccount, { roles: [] }).found).toEqual([]);
    expect(judge([...settled, remove('person')], { roles: [] }).found).toEqual([]);
  });
});

it('a record beside persons is stuck, untold or written in vain', () => {
  const record = newGoldenRecord('golden-1', 'account');
  const name = { value: 'Anker', base: 'Anker', source: 'dynamics', changedAt: null, rule: 'first' } as const;
  const open = {
    kind: 'dynamics-write',
    ...{ entryId: 'entry-1', table: 'account', rowId: accountId, ifMatch: null },
    ...{ columns: {}, attempts: 0, dueAtMs: 1 },
  } as const;

  expect(judge(settled, { needless: ['company'] }).found).toEqual(['unexplainedWrites: company']);
  expect(judge(settled, { stored: [{ ...record, outbox: [open] }] }).found).toEqual(['stuck: golden record']);
  expect(judge(settled, { stored: [{ ...record, fields: { company: name } as never }] }).found).toEqual([
    'topicGaps: golden.*.changes',
  ]);
});
