import { readObjectResults } from './readObjectResults.ts';

const skipped = (code: string, message = 'why') => ({
  seq: 0,
  status: 'skipped',
  reasons: [{ code, message }],
});

describe('the results of a write of records other than persons', () => {
  it.each([
    [
      { status: 'created', id: 7 },
      { result: 'CREATED', id: '7' },
    ],
    [
      { status: 'updated', marketoGUID: 'a-b' },
      { result: 'UPDATED', id: 'a-b' },
    ],
    [skipped('718'), { result: 'PARENT_MISSING', marketoCode: '718' }],
    [skipped('1004'), { result: 'PARENT_MISSING', marketoCode: '1004' }],
    [skipped('1013'), { result: 'PARENT_MISSING', marketoCode: '1013' }],
    [
      skipped('1077', "Value for field 'company' exceeds max length"),
      { result: 'REFUSED', code: '1077', field: 'company', detail: 'the value is longer than the field' },
    ],
  ])('of an upsert: %j', (record, expected) => {
    expect(readObjectResults([record], 1, 'upsert')).toEqual([expected]);
  });

  it.each([
    [
      { status: 'deleted', id: 7 },
      { result: 'DELETED', id: '7' },
    ],
    [skipped('1013'), { result: 'NOT_FOUND' }],
    [skipped('1004'), { result: 'NOT_FOUND' }],
    [skipped('1022'), { result: 'IN_USE' }],
  ])('of a delete: %j', (record, expected) => {
    expect(readObjectResults([record], 1, 'delete')).toEqual([expected]);
  });

  it.each(['1001', '1002', '1003', '1005', '1006', '1007', '1036', '1077'])(
    'that were skipped with %s are refused',
    (code) => {
      expect(readObjectResults([skipped(code)], 1, 'upsert')).toMatchObject([{ result: 'REFUSED', code }]);
    },
  );

  it.each(['upsert', 'delete'] as const)('of an %s say that the CRM sync of Marketo is on', (write) => {
    expect(() => readObjectResults([skipped('1018')], 1, write)).toThrow('MARKETO_NATIVE_SYNC');
  });

  it.each([[undefined], [[]], [[{ status: 'created' }]], [[{ status: 'queued', id: 7 }]]])(
    'that do not tell what became of every record leave the outcome unknown: %j',
    (result) => {
      expect(() => readObjectResults(result, 1, 'upsert')).toThrow(
        expect.objectContaining({ code: 'MARKETO_OUTCOME_UNKNOWN' }),
      );
    },
  );
});
