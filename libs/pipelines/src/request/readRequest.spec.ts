import { readRequest } from './readRequest.ts';
import { readRequestText } from './requestText.ts';

describe('a request of a marketer', () => {
  it.each([
    ['sync', { as: 'Contact' }, { kind: 'SYNC_PERSON', arguments: { as: 'contact' } }],
    ['Sync Person', {}, { kind: 'SYNC_PERSON', arguments: { as: 'lead' } }],
    [
      'CHANGE_OWNER',
      { Owner: ' ann@example.com ' },
      { kind: 'CHANGE_OWNER', arguments: { owner: 'ann@example.com' } },
    ],
    [
      'create task',
      { subject: 'Call back', due: '', description: null },
      { kind: 'CREATE_TASK', arguments: { subject: 'Call back', due: '5' } },
    ],
    [
      'create-task',
      { subject: 'Call', due: '2026-03-31', status: 'Waiting' },
      { kind: 'CREATE_TASK', arguments: { subject: 'Call', due: '2026-03-31', status: 'Waiting' } },
    ],
    [
      'add to campaign',
      { campaign: 'Spring' },
      { kind: 'ADD_TO_CAMPAIGN', arguments: { campaign: 'Spring' } },
    ],
    [
      'removeFromCampaign',
      { campaign: 'Spring' },
      { kind: 'REMOVE_FROM_CAMPAIGN', arguments: { campaign: 'Spring' } },
    ],
  ])('is understood as %s %j', (words, given, expected) => {
    expect(readRequest(words, given)).toEqual(expected);
  });

  it('is none to convert, delete or update a person', () => {
    for (const words of ['convert person', 'delete from Dynamics', 'update', 'force sync'])
      expect(readRequest(words, {})).toEqual({
        fault: expect.stringMatching(/^request: not one of/) as string,
      });
  });

  it.each([
    ['delete', {}, /^request: not one of/],
    ['', {}, /^request: not one of/],
    ['change owner', { owner: ' ' }, /^owner: missing$/],
    ['sync', { as: 'account' }, /^as: not lead or contact$/],
    ['sync', { owners: 'Ann' }, /^owners: not an argument/],
    ['sync', { 'Ann Example 7': '' + 'x' }, /^some text: not an argument/],
    ['create task', { subject: 's', due: 'tomorrow' }, /^due: not a number of days or a date/],
    ['create task', { subject: 's', due: '2026-02-31' }, /^due: not a number of days or a date/],
    ['create task', { subject: 's'.repeat(201) }, /^subject: longer than 200 characters$/],
    [
      'create task',
      { due: 'soon', status: 's'.repeat(101) },
      /^subject: missing; due: not .*; status: longer than 100/,
    ],
  ])('is refused as %s %j, all faults at once', (words, given, expected) => {
    expect(readRequest(words, given)).toEqual({ fault: expect.stringMatching(expected) as string });
  });
});

describe('a request in one field', () => {
  it.each([
    ['sync', { kind: 'SYNC_PERSON', arguments: { as: 'lead' } }],
    [
      ' Sync ; as=contact;owner = ann@example.com ',
      { kind: 'SYNC_PERSON', arguments: { as: 'contact', owner: 'ann@example.com' } },
    ],
    [
      'create task; subject = Call; ask for x=1; due = 3',
      { kind: 'CREATE_TASK', arguments: { subject: 'Call; ask for x=1', due: '3' } },
    ],
    ['sync;', { kind: 'SYNC_PERSON', arguments: { as: 'lead' } }],
  ])('is parted by semicolons: %s', (text, expected) => {
    expect(readRequestText(text)).toEqual(expected);
  });

  it.each([
    ['sync; hurry up', /^some text: not an argument/],
    ['sync; urgent=yes', /^urgent: not an argument/],
    ['please call', /^request: not one of/],
  ])('is refused when it says something else: %s', (text, expected) => {
    expect(readRequestText(text)).toEqual({ fault: expect.stringMatching(expected) as string });
  });
});
