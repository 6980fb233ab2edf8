import { defaultMapping } from '@lockstep/reconciliation';
import { checkHistory } from './checkHistory.ts';
import { edit, exampleHistory, linkedPair, remove, rowId, type ExampleStep } from './exampleHistory.ts';
import type { ExpectedRules } from './expectedRules.ts';
import { findingKinds } from './verdict.ts';

/** The examples do not tell Marketo of the state of a row. */
const mapping = defaultMapping.filter(({ field }) => field !== 'leadStatus');
const contactId = '00000000-0000-4000-8000-000000000002';
const closed = edit('lead', { statecode: 1 });
const onContact = (set: ExampleStep['set'], by: ExampleStep['by'] = 'human'): ExampleStep => ({
  ...{ on: 'contact', by, id: contactId, set },
});
/** A contact is made of the lead, with these columns of its own. */
const made = (set: ExampleStep['set'] = { telephone1: '1' }): ExampleStep =>
  onContact({ ...set, originatingleadid: { id: rowId, table: 'lead' } });
/** Its person is told. */
const carriedOn = edit('person', { crmId: contactId, crmType: 'Contact' }, 'application');
const qualified = (set?: ExampleStep['set']) => [...linkedPair('lead'), closed, made(set), carriedOn];

function judge(steps: readonly ExampleStep[], rules: ExpectedRules = {}) {
  const verdict = checkHistory(exampleHistory(steps, { rules, mapping }));
  const found = findingKinds.filter((kind) => verdict[kind].length > 0);
  return { found, exempt: verdict.exempt.map(({ reason }) => reason), pairs: verdict.linkedPairs };
}

describe('a lead of which a contact was made', () => {
  it('is one pair with its person, which names the contact', () => {
    expect(judge(qualified())).toEqual({ found: [], exempt: [], pairs: 1 });
    expect(judge(qualified().slice(0, -1)).found).toEqual(['differences']);
  });

  it('hands its person on, and has nobody made for the contact', () => {
    const second: ExampleStep = { ...carriedOn, id: '9', set: { ...carriedOn.set, phone: '1' } };

    expect(judge([...qualified(), second]).found).toContain('doubled');
  });

  it('hands on what was edited before, and what its contact holds otherwise is an edit', () => {
    const edited = [...linkedPair('lead'), edit('person', { phone: '2' }), closed, made(), carriedOn];

    expect(judge([...edited, onContact({ telephone1: '2' }, 'application')]).found).toEqual([]);
    expect(judge(edited).found).toContain('lost');
    expect(judge(qualified({ telephone1: '3' })).found).toContain('lost');
    expect(
      judge([...qualified({ telephone1: '3' }), edit('person', { phone: '3' }, 'application')]).found,
    ).toEqual([]);
  });

  it('says nothing once it is closed', () => {
    expect(judge([...qualified(), edit('lead', { telephone1: '2' })]).found).toEqual([]);
    expect(judge([...qualified(), remove('lead')]).found).toEqual([]);
  });

  it('may leave behind what the contact was made without', () => {
    expect(judge(qualified({})).exempt).toEqual(['blank-in-a-contact']);
  });

  it('may go on speaking where the contact stays out', () => {
    expect(judge([...qualified().slice(0, -1), onContact({ new_synctomkto: false })])).toEqual({
      ...{ found: [], exempt: ['contact-kept-out'], pairs: 0 },
    });
  });

  it('needs nobody when the contact is gone', () => {
    const gone = [edit('lead', {}), made({}), { ...made(), set: null }];

    expect(judge(gone)).toMatchObject({ found: [] });
    expect(judge([edit('lead', {})]).found).toEqual(['missing']);
  });
});

describe('a closed lead', () => {
  it('may lack what its person was given since', () => {
    const steps = [...linkedPair('lead'), closed, edit('person', { phone: '2' })];

    expect(judge(steps)).toMatchObject({ found: [], exempt: ['lead-closed'] });
    expect(judge([...linkedPair('lead'), edit('person', { phone: '2' })]).found).toContain('differences');
  });
});
