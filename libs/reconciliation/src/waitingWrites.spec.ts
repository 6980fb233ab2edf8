import type { WriteCommand, WriteOperation } from '@lockstep/change-events';
import { newGoldenRecord } from './decision.ts';
import type { GoldenRecord } from './goldenRecord.ts';
import type { LinkedRow } from './linkedRow.ts';
import type { DynamicsWriteEntry, OutboxEntry } from './outbox.ts';
import { waitingWritesOf } from './waitingWrites.ts';

const since = '2026-11-28T03:00:00.000Z';
const at = { epoch: 1, number: 1 };
const open = { attempts: 0, dueAtMs: 1 };

function command(operation: WriteOperation, others: object = {}): OutboxEntry {
  const parts: WriteCommand = {
    ...{ commandId: 'c', goldenId: 'g', revision: at, operation, personId: null, email: null },
    ...{ matchByEmail: false, fields: {}, lane: 'LIVE', issuedAt: since },
  };
  return { kind: 'marketo-write', entryId: 'c', command: parts, unknown: false, ...open, ...others };
}
const write = (others: Partial<DynamicsWriteEntry>): OutboxEntry => ({
  ...{ kind: 'dynamics-write', entryId: 'w', table: 'lead', rowId: 'r', ifMatch: at, columns: {} },
  ...{ issuedAt: since, ...open, ...others },
});
const { issuedAt: _, ...former } = write({}) as DynamicsWriteEntry;
const person: LinkedRow = {
  ...{
    system: 'marketo',
    table: 'person',
    id: '17',
    active: true,
    page: at,
    deletedAt: null,
    missing: false,
  },
  ...{ version: null, filter: null, seen: {}, inFlight: {}, parked: {}, decidedEvidence: [] },
};
const waiting = (side: string, operation: string, entity = 'person') => ({ side, operation, entity, since });

describe('what a record waits for', () => {
  it.each<[string, OutboxEntry, Partial<GoldenRecord>, readonly object[]]>([
    ['a person to be made', command('CREATE'), {}, [waiting('marketo', 'CREATE')]],
    ['a person to be changed', command('UPDATE'), {}, [waiting('marketo', 'UPDATE')]],
    ['a person to be merged', command('MERGE'), {}, [waiting('marketo', 'UPDATE')]],
    ['a person to be removed', command('DELETE'), {}, [waiting('marketo', 'DELETE')]],
    ['a row to be made', write({ ifMatch: null }), {}, [waiting('dynamics', 'CREATE')]],
    ['a row to be changed', write({}), {}, [waiting('dynamics', 'UPDATE')]],
    [
      'a company to be made',
      command('UPSERT'),
      { entity: 'account' },
      [waiting('marketo', 'CREATE', 'account')],
    ],
    [
      'a company to be changed',
      command('UPSERT'),
      { entity: 'account', rows: [person] },
      [waiting('marketo', 'UPDATE', 'account')],
    ],
    ['no write, where it only reads', command('READ'), {}, []],
    ['no write, where a command has lapsed', command('UPDATE', { lapsed: true }), {}, []],
    ['nobody knows since when, of a former version', former, {}, []],
  ])('is %s', (_name, entry, record, expected) => {
    expect(waitingWritesOf({ ...newGoldenRecord('g'), ...record, outbox: [entry] })).toEqual(expected);
  });
});
