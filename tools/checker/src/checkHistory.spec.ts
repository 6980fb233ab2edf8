import { newGoldenRecord, type GoldenRecord } from '@lockstep/reconciliation';
import { checkHistory } from './checkHistory.ts';
import {
  edit,
  exampleConflict,
  exampleEvent,
  exampleHistory,
  goldenId,
  linkedPair,
  remove,
  rowId,
  type ExampleStep,
} from './exampleHistory.ts';
import type { History } from './history.ts';
import { countFindings, findingKinds, type FindingKind } from './verdict.ts';

/** The kinds of findings, without their number. */
function found(steps: readonly ExampleStep[], extras: Partial<History> = {}): FindingKind[] {
  const counts = countFindings(checkHistory(exampleHistory(steps, extras)));
  return findingKinds.filter((kind) => counts[kind] > 0);
}

describe('an edit that went its way', () => {
  it('is clean when it arrived on the other side, either way', () => {
    const verdict = checkHistory(
      exampleHistory([
        ...linkedPair('lead'),
        edit('lead', { telephone1: '2' }),
        edit('person', { phone: '2' }, 'application'),
        edit('person', { city: 'Bath' }),
        edit('lead', { address1_city: 'Bath' }, 'application'),
      ]),
    );

    expect(verdict).toMatchObject({ clean: true, linkedPairs: 1, edits: 3, exempt: [] });
  });

  it('is clean when options, decimals and times are written in each side’s own form', () => {
    const row = {
      leadsourcecode: { value: 8, label: 'Web' },
      revenue: '250.5000000000',
      createdon: '2026-11-22T08:00:00Z',
    };
    const person = { leadSource: 'Web', annualRevenue: 250.5, crmCreatedDate: '2026-11-22T08:00:00.000Z' };

    expect(found(linkedPair('lead', row, person))).toEqual([]);
  });

  it('differs when it never arrived', () => {
    expect(found([...linkedPair('lead'), edit('lead', { telephone1: '2' })])).toEqual([
      'lost',
      'differences',
    ]);
  });

  it('is lost when the other side’s older value took its place', () => {
    const steps = [
      ...linkedPair('contact'),
      edit('contact', { telephone1: '2' }),
      edit('contact', { telephone1: '1' }, 'application'),
    ];

    expect(found(steps)).toContain('lost');
  });
});

describe('two edits that did not know of each other', () => {
  const both = (table: 'lead' | 'contact') => [
    ...linkedPair(table),
    edit(table, { telephone1: '2' }),
    edit('person', { phone: '3' }),
  ];

  it('lets Marketo win for a lead, and asks that the loser is recorded', () => {
    const steps = [...both('lead'), edit('lead', { telephone1: '3' }, 'application')];
    const recorded = { golden: [exampleConflict({ field: 'phone', loserValue: '2' })] };

    expect(found(steps, recorded)).toEqual([]);
    expect(found(steps)).toEqual(['lost']);
  });

  it('lets Dynamics win for a contact', () => {
    const golden = [exampleConflict({ field: 'phone', loserValue: '3' }, 'contact')];
    const right = [...both('contact'), edit('person', { phone: '2' }, 'application')];
    const wrong = [...both('contact'), edit('contact', { telephone1: '3' }, 'application')];

    expect(found(right, { golden })).toEqual([]);
    expect(found(wrong, { golden })).toEqual(['lost']);
  });

  it('does not call an edit concurrent that was made on top of the other', () => {
    const steps = [
      ...linkedPair('contact'),
      edit('contact', { telephone1: '2' }),
      edit('person', { phone: '2' }, 'application'),
      edit('person', { phone: '3' }),
      edit('contact', { telephone1: '3' }, 'application'),
    ];

    expect(found(steps)).toEqual([]);
  });

  it('excuses a field that went back to its former value unseen', () => {
    const back = { golden: [exampleConflict({ field: 'phone', loserValue: '3' }, 'contact')] };
    const steps = [
      ...linkedPair('contact'),
      edit('contact', { telephone1: '2' }),
      edit('contact', { telephone1: '1' }),
      edit('person', { phone: '3' }),
      edit('contact', { telephone1: '3' }, 'application'),
    ];
    const history = exampleHistory(steps, back);
    const unseen = (history.changes?.['dynamics.contact.changes'] ?? []).filter(
      ({ value }) => value?.version?.number !== 1002,
    );

    const verdict = checkHistory({
      ...history,
      changes: { ...history.changes, 'dynamics.contact.changes': unseen },
    });
    expect(verdict).toMatchObject({ clean: true, exempt: [{ reason: 'returned-to-former-value' }] });
  });
});

describe('opt-outs', () => {
  it('are lost when an edit that did not know of them undoes them', () => {
    const steps = [
      ...linkedPair('lead', { donotbulkemail: false }, { unsubscribed: false }),
      edit('lead', { donotbulkemail: true }),
      edit('lead', { donotbulkemail: false }, 'application'),
    ];

    expect(found(steps)).toContain('optOutsLost');
  });

  it('may be taken back by somebody who saw them', () => {
    const steps = [
      ...linkedPair('lead', { donotbulkemail: false }, { unsubscribed: false }),
      edit('lead', { donotbulkemail: true }),
      edit('person', { unsubscribed: true }, 'application'),
      edit('person', { unsubscribed: false }),
      edit('lead', { donotbulkemail: false }, 'application'),
    ];

    expect(found(steps)).toEqual([]);
  });
});

const personRow = (id: string) =>
  ({ system: 'marketo', table: 'person', id, active: true, deleted: false }) as const;

describe('our writes', () => {
  it('are echoes when they bring a side its own edit back', () => {
    const steps = [
      ...linkedPair('lead'),
      edit('lead', { telephone1: '2' }),
      edit('lead', { telephone1: '3' }),
      edit('lead', { telephone1: '2' }, 'application'),
      edit('person', { phone: '2' }, 'application'),
    ];

    expect(found(steps)).toContain('echoes');
  });

  it('flip-flop when they bring a value back that the side had left behind', () => {
    const steps = [
      ...linkedPair('lead'),
      edit('lead', { telephone1: '2' }),
      edit('person', { phone: '2' }, 'application'),
      edit('person', { phone: '1' }, 'application'),
      edit('person', { phone: '2' }, 'application'),
    ];

    expect(found(steps)).toEqual(['flipFlopped']);
  });

  it('may restore an edit that one of them ran over, once', () => {
    const golden = [exampleConflict({ field: 'phone', loserValue: '2' })];
    const steps = [
      ...linkedPair('lead'),
      edit('lead', { telephone1: '2' }),
      edit('person', { phone: '3' }),
      edit('person', { phone: '2' }, 'application'),
      edit('person', { phone: '3' }, 'application'),
      edit('lead', { telephone1: '3' }, 'application'),
    ];

    expect(found(steps, { golden })).toEqual([]);
  });

  it('may repeat what one of them had brought, and run over an edit that its side follows up', () => {
    const repeated = [
      ...linkedPair('lead'),
      edit('lead', { telephone1: '2' }),
      edit('person', { phone: '2' }, 'application'),
      edit('person', { phone: '3' }),
      edit('person', { phone: '2' }, 'application'),
    ];
    const followed = [edit('person', { phone: '4' }), edit('lead', { telephone1: '4' }, 'application')];

    expect(found([...repeated, ...followed])).toEqual([]);
    expect(found(repeated)).toContain('flipFlopped');
  });

  it('are unexplained when nobody entered the value, null included', () => {
    const invented = [...linkedPair('lead'), edit('person', { phone: '9' }, 'application')];
    const cleared = [...linkedPair('lead'), edit('person', { phone: null }, 'application')];

    expect(found(invented)).toContain('unexplainedWrites');
    expect(found(cleared)).toContain('flipFlopped');
  });

  it('are explained by whoever was matched before it was deleted, though it mirrored another row', () => {
    const email = 'ada@example.com';
    const [row, person] = linkedPair('lead', { emailaddress1: email }, { email, phone: '5' });
    const other = { crmId: 'another row', lockstepId: 'another record' };
    const matched: ExampleStep = {
      ...{ on: 'person', by: 'application', id: '9' },
      set: { email, phone: '5', ...other },
    };
    const written = edit('lead', { telephone1: '5' }, 'application');
    const steps = [matched, row, written, { ...matched, by: 'human', set: null }, person] as ExampleStep[];
    const event = exampleConflict({ field: 'phone', loserValue: null });
    const pair = { ...event, conflicts: [], rows: [...event.rows, personRow('9')] };

    expect(found(steps, { matchByEmail: true, golden: [pair] })).toEqual([]);
    expect(found(steps, { matchByEmail: true })).toEqual(['unexplainedWrites']);
  });

  it('are unexplained when they touch a row or carry an edit of a row whose filter says No', () => {
    const frozen = [...linkedPair('lead'), edit('lead', { new_synctomkto: false })];
    const inward = [
      ...frozen,
      edit('lead', { telephone1: '2' }),
      edit('person', { phone: '2' }, 'application'),
    ];
    const outward = [
      ...frozen,
      edit('person', { phone: '2' }),
      edit('lead', { telephone1: '2' }, 'application'),
    ];

    expect(found(frozen)).toEqual([]);
    expect(found(inward)).toEqual(['unexplainedWrites']);
    expect(found(outward)).toEqual(['unexplainedWrites']);
  });
});

describe('counterparts', () => {
  const lonely: ExampleStep = { on: 'lead', by: 'human', id: rowId, set: { telephone1: '1' } };

  it('are missing for a row without a person, unless its filter says No', () => {
    expect(found([lonely])).toEqual(['missing']);
    expect(found([{ ...lonely, set: { telephone1: '1', new_synctomkto: false } }])).toEqual([]);
  });

  it('are doubled when two persons mirror one row or share a golden id', () => {
    const [row, person] = linkedPair('lead');
    const twin = { ...person, id: '8' } as ExampleStep;

    expect(found([row, person, twin] as ExampleStep[])).toContain('doubled');
  });

  it('are unexpected for a row whose filter never allowed it, and for persons linked though matching is off', () => {
    const [row, person] = linkedPair('lead', { telephone1: '1', new_synctomkto: false });
    const [open] = linkedPair('lead');
    const byHand: ExampleStep = { on: 'person', by: 'human', id: '7', set: { phone: '1' } };

    expect(found([row, person] as ExampleStep[])).toContain('unexpected');
    expect(found([open, byHand, person] as ExampleStep[])).toContain('unexpected');
  });

  it('are unexpected when Lockstep makes or deletes a row', () => {
    expect(found([{ ...lonely, by: 'application' }])).toContain('unexpected');
  });

  it('keep a deleted row’s person with the flag set', () => {
    const gone = [...linkedPair('lead'), remove('lead')];

    expect(found([...gone, edit('person', { crmIsDeleted: true }, 'application')])).toEqual([]);
    expect(found(gone)).toEqual(['differences']);
  });

  it('come back after a deletion in Marketo only when the row was edited', () => {
    const [, person] = linkedPair('lead');
    const again = (phone: string): ExampleStep =>
      ({ ...person, id: '8', set: { ...person?.set, phone } }) as ExampleStep;
    const gone = [...linkedPair('lead'), remove('person')];

    expect(found(gone)).toEqual([]);
    expect(found([...gone, again('1')])).toEqual(['revived']);
    expect(found([...gone, edit('lead', { telephone1: '2' }), again('2')])).toEqual([]);
    expect(found([...gone, edit('lead', { telephone1: '2' })])).toEqual(['missing']);
  });
});

describe('topics and database', () => {
  const pair = linkedPair('lead');

  it('have gaps when the last version of a row is not published, or versions go back', () => {
    const { changes } = exampleHistory(pair);
    const backwards = [exampleEvent(rowId, 1001, {}), exampleEvent(rowId, 1000, {})];
    const messages = backwards.map((value) => ({ key: rowId, value }));

    expect(found(pair, { changes: { ...changes, 'dynamics.lead.changes': [] } })).toEqual(['topicGaps']);
    expect(found(pair, { changes: { ...changes, 'dynamics.lead.changes': messages } })).toEqual([
      'topicGaps',
    ]);
  });

  it('have gaps when a deleted row has no tombstone or a person is not shown as it is', () => {
    const gone = [...pair, remove('lead'), edit('person', { crmIsDeleted: true }, 'application')];
    const { changes } = exampleHistory(gone);
    const events = changes?.['dynamics.lead.changes'] ?? [];

    expect(found(gone, { changes: { ...changes, 'dynamics.lead.changes': events.slice(0, -1) } })).toEqual([
      'topicGaps',
    ]);
    expect(found(gone, { changes: { ...changes, 'marketing.lead.changes': [] } })).toEqual(['topicGaps']);
  });

  it('have gaps when the last golden event is not what is stored', () => {
    const stored: GoldenRecord = { ...newGoldenRecord(goldenId), aliasOf: 'other' };
    const golden = [{ ...exampleConflict({ field: 'phone', loserValue: null }), conflicts: [] }];

    expect(found(pair, { golden, stored: [stored] })).toEqual(['topicGaps']);
  });

  it('are stuck when something is open after quiet', () => {
    const waiting = { cause: 'first-reads', code: null, dueAtMs: 0 } as const;

    expect(found(pair, { stored: [{ ...newGoldenRecord(goldenId), waiting }] })).toEqual(['stuck']);
  });

  it('are doubled when two golden records hold one row', () => {
    const row: GoldenRecord['rows'][number] = {
      system: 'dynamics',
      table: 'lead',
      id: rowId,
      active: true,
      deletedAt: null,
      missing: false,
      version: null,
      page: { epoch: 1, number: 1 },
      filter: null,
      seen: {},
      inFlight: {},
      parked: {},
      decidedEvidence: [],
    };
    const stored = [goldenId, 'other'].map((id) => ({ ...newGoldenRecord(id), rows: [row] }));

    expect(found(pair, { stored })).toContain('doubled');
  });
});
