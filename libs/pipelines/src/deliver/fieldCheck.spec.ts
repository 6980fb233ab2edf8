import type { Scalar } from '@lockstep/change-events';
import type { MarketoField, MarketoFieldType } from '@lockstep/ports';
import { createFieldCheck, type FieldPolicy } from './fieldCheck.ts';

const field = (type: MarketoFieldType, lengthMax: number | null = null): MarketoField => ({
  ...{ name: 'it', type, lengthMax, isWritable: true },
});

function check(described: MarketoField | null, value: Scalar, policy: FieldPolicy = 'reject') {
  const fields = new Map(described === null ? [] : [[described.name, described]]);

  return createFieldCheck({ described: () => fields, policyOf: () => policy })({ it: value });
}

describe('a value that fits its field', () => {
  it.each<[MarketoField, Scalar]>([
    [field('string', 5), 'abcde'],
    [field('string', 5), null],
    [field('string', 5), ''],
    [field('string'), 'x'.repeat(10_000)],
    [field('text', 6), 'ééé'],
    [field('email', 255), 'ann+news@example.com'],
    [field('integer'), -4],
    [field('number'), 1200.5],
    [field('boolean'), false],
    [field('date'), '2026-03-01'],
    [field('timestamp'), '2026-03-01T12:30:05Z'],
    [field('other'), 42],
  ])('of %j is sent as it is: %j', (described, value) => {
    expect(check(described, value)).toEqual({ fields: { it: value }, unfit: [] });
  });
});

describe('a value that does not fit its field', () => {
  it.each<[string, MarketoField | null, Scalar, string]>([
    ['is longer', field('string', 5), 'abcdef', '1077'],
    ['is longer in UTF-16 units', field('string', 5), 'abcd🦜', '1077'],
    ['is longer in bytes', field('text', 6), 'éééé', '1077'],
    ['is no ASCII address', field('email', 255), 'zoë@example.com', '1003'],
    ['is longer than an address may be', field('email', 20), 'somebody.else@example.com', '1077'],
    ['is a number for a text', field('string', 255), 42, '1001'],
    ['is a text for a number', field('integer'), '42', '1001'],
    ['is a fraction for a whole number', field('integer'), 14.1, '1001'],
    ['is too large for a whole number', field('integer'), 2 ** 31, '1001'],
    ['is a text for a yes or no', field('boolean'), 'true', '1001'],
    ['is no date', field('date'), '2026-03-01T00:00:00Z', '1001'],
    ['is no time', field('timestamp'), 'soon', '1001'],
    ['has no field', null, 'x', '1006'],
    ['has a field that is read-only', { ...field('string', 5), isWritable: false }, 'x', '1006'],
  ])('since it %s, is left out by default', (_why, described, value, code) => {
    expect(check(described, value)).toEqual({
      fields: {},
      unfit: [{ field: 'it', code, fate: 'REJECTED', detail: expect.any(String) as string }],
    });
  });

  it.each<[MarketoField, string, string]>([
    [field('string', 5), 'abcdefg', 'abcde'],
    [field('string', 5), 'abcd🦜🦜', 'abcd'],
    [field('string', 6), 'abcd🦜🦜', 'abcd🦜'],
    [field('text', 5), 'ééé', 'éé'],
    [field('text', 5), 'ab🦜', 'ab'],
    [field('string', 5), 'abcd efg', 'abcd'],
  ])('is cut between two code points when that is asked for: %j', (described, value, cut) => {
    expect(check(described, value, 'truncate')).toMatchObject({
      fields: { it: cut },
      unfit: [{ code: '1077', fate: 'TRUNCATED' }],
    });
  });

  it.each<[string, MarketoField, Scalar]>([
    ['an address', field('email', 20), 'somebody.else@example.com'],
    ['a value of another type', field('string', 255), 42],
  ])('is left out when it cannot be cut: %s', (_what, described, value) => {
    expect(check(described, value, 'truncate')).toMatchObject({ fields: {}, unfit: [{ fate: 'REJECTED' }] });
  });

  it('is sent all the same when it is only to be reported', () => {
    expect(check(field('string', 5), 'abcdef', 'report')).toMatchObject({
      fields: { it: 'abcdef' },
      unfit: [{ fate: 'REPORTED' }],
    });
  });

  it('never holds a word of the value in what is told of it', () => {
    expect(JSON.stringify(check(field('email', 255), 'zoë@example.com').unfit)).not.toContain('zo');
  });
});

it('checks nothing before Marketo has described its fields', () => {
  const unchecked = createFieldCheck({ described: () => null, policyOf: () => 'reject' });

  expect(unchecked({ it: 42 })).toEqual({ fields: { it: 42 }, unfit: [] });
});
