import { fromMarketoEmulator, personsFromMarketoEmulator, rowsFromDynamicsEmulator } from './readLogs.ts';

describe('logs of the emulators', () => {
  it('get text ids and the table of persons', () => {
    const entry = {
      sequence: 4,
      at: '2026-11-22T08:00:00.000Z',
      actorKind: 'human',
      operation: 'update',
      id: 12,
      changed: { city: { before: null, after: 'Bath' } },
    } as const;

    expect(fromMarketoEmulator([entry])).toEqual([{ ...entry, id: '12', table: 'person', version: null }]);
  });

  it('give rows by their primary key and persons by their id', () => {
    expect(rowsFromDynamicsEmulator('leadid', [{ leadid: 'a', city: 'Bath' }])).toEqual([
      { id: 'a', fields: { leadid: 'a', city: 'Bath' } },
    ]);
    expect(personsFromMarketoEmulator([{ id: 7 }])).toEqual([{ id: '7', fields: { id: 7 } }]);
  });
});
