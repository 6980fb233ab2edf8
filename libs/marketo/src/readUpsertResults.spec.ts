import { readUpsertResults } from './readUpsertResults.ts';

const skipped = (code: string, message: string) => ({ status: 'skipped', reasons: [{ code, message }] });

describe('the results of an upsert', () => {
  it('name the field that Marketo names, and never the value', () => {
    const results = readUpsertResults(
      [
        skipped('1003', "Invalid value for field 'leadScore' and value 'secret'"),
        skipped('1077', "Value for field 'firstName' exceeds max length"),
        skipped('1006', "Field 'parrot' not found"),
        skipped('1099', 'secret'),
      ],
      4,
    );

    expect(results.map((result) => 'field' in result && result.field)).toEqual([
      'leadScore',
      'firstName',
      'parrot',
      null,
    ]);
    expect(JSON.stringify(results)).not.toContain('secret');
  });

  it.each(['1001', '1002', '1003', '1005', '1006', '1008', '1009', '1010', '1011', '1012', '1015', '1021'])(
    'refuse a record that was skipped with %s',
    (code) => {
      expect(readUpsertResults([skipped(code, 'why')], 1)).toMatchObject([{ result: 'REFUSED', code }]);
    },
  );

  it.each(['718', '1013', '1022', '1036', '1077', '1080', '1099'])(
    'refuse a record that was skipped with %s, also when it names no field',
    (code) => {
      expect(readUpsertResults([skipped(code, 'why')], 1)).toMatchObject([
        { result: 'REFUSED', code, field: null },
      ]);
    },
  );

  it.each([
    ['1004', { result: 'NOT_FOUND' }],
    ['1007', { result: 'AMBIGUOUS' }],
  ])('say with %s who the record could not be', (code, result) => {
    expect(readUpsertResults([skipped(code, 'why')], 1)).toEqual([result]);
  });

  it.each([
    ['no list', undefined],
    ['fewer entries than records', []],
    ['an entry with another status', [{ id: 1, status: 'queued' }]],
    ['an entry without an id', [{ status: 'created' }]],
  ])('leave the outcome unknown when there is %s', (_name, result) => {
    expect(() => readUpsertResults(result, 1)).toThrow('MARKETO_OUTCOME_UNKNOWN');
  });
});
