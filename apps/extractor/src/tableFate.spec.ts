import { SyncError, type ErrorCode } from '@lockstep/change-events';
import { tableFate } from './tableFate.ts';

/** A column that joined one table ended the whole process where schemas are registered by somebody else, again at each start. */
describe('what becomes of a failure of one table', () => {
  it.each<[ErrorCode, string, string]>([
    ['SCHEMA_MISSING', 'acme.dynamics.new_visit.changes-value', 'RETRY'],
    ['SCHEMA_INCOMPATIBLE', 'acme.dynamics.new_visit.changes-value', 'RETRY'],
    ['SCHEMA_MISSING', 'acme.lockstep.checkpoints-value', 'STOP'],
    ['EVENT_UNENCODABLE', '', 'RETRY'],
    ['KAFKA_FENCED', '', 'STOP'],
  ])('after %s of %s is %s', (code, subject, fate) => {
    expect(tableFate(new SyncError(code, { subject }), 'new_visit', 'acme')).toBe(fate);
  });
});
