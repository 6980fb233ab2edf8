import type { FieldValue } from '@lockstep/change-events';
import { facetsOf, holds, namesIn, turnsAtMs, type Expression, type Test } from './expression.ts';

const nowMs = Date.parse('2026-11-28T00:00:00Z');
const known = (values: Readonly<Record<string, FieldValue>>) => ({
  facetsOf: (name: string) => (name in values ? facetsOf(values[name] ?? null) : undefined),
  nowMs,
});
const asks = (test: Test, value: FieldValue) => holds({ name: 'column', test }, known({ column: value }));
const isTrue = (name: string): Expression => ({ name, test: { operator: 'is', operand: [true] } });

describe('a test', () => {
  it.each<[Test, FieldValue, boolean]>([
    [{ operator: 'is', operand: ['Lyon', 'Nantes'] }, 'NANTES', true],
    [{ operator: 'is', operand: ['Lyon'] }, null, false],
    [{ operator: 'is', operand: [3] }, { value: 3, label: 'Web' }, true],
    [{ operator: 'is', operand: ['web'] }, { value: 3, label: 'Web' }, true],
    [
      { operator: 'is', operand: ['B'] },
      [
        { value: 1, label: 'A' },
        { value: 2, label: 'B' },
      ],
      true,
    ],
    [{ operator: 'is', operand: ['team-1'] }, { id: 'team-1', table: 'team' }, true],
    [{ operator: 'is', operand: [5] }, '5.0000000000', true],
    [{ operator: 'is', operand: [5] }, '6', false],
    [{ operator: 'is', operand: [false] }, null, false],
    [{ operator: 'is', operand: [1] }, true, false],
    [{ operator: 'is', operand: ['true'] }, true, false],
    [{ operator: 'is', operand: ['5'] }, 5, false],
    [{ operator: 'is', operand: [0] }, { value: 3, label: '' }, false],
    [{ operator: 'is', operand: ['null'] }, { value: 3, label: null }, false],
    [{ operator: 'isEmpty' }, { value: 0, label: null }, false],
    [{ operator: 'isEmpty' }, '', true],
    [{ operator: 'isEmpty' }, false, false],
    [{ operator: 'isEmpty' }, [], true],
    [{ operator: 'startsWith', operand: 'TE' }, 'Test', true],
    [{ operator: 'startsWith', operand: 'te' }, 'a test', false],
    [{ operator: 'endsWith', operand: '@Example.org' }, 'a@EXAMPLE.org', true],
    [{ operator: 'endsWith', operand: 'a' }, 'a@example.org', false],
    [{ operator: 'contains', operand: 'TEST' }, 'a Test of it', true],
    [{ operator: 'contains', operand: 'test' }, 'a tent', false],
    [{ operator: 'contains', operand: 'test' }, null, false],
    [{ operator: 'atLeast', operand: 50 }, '50.5', true],
    [{ operator: 'atLeast', operand: 50 }, '50.0', true],
    [{ operator: 'atLeast', operand: 50 }, '49.5', false],
    [{ operator: 'atLeast', operand: 50 }, null, false],
    [{ operator: 'atLeast', operand: '2026-01-01' }, '2026-01-01T01:00:00Z', true],
    [{ operator: 'atMost', operand: 50 }, 50, true],
    [{ operator: 'atMost', operand: 50 }, '50.5', false],
    [{ operator: 'atMost', operand: '2026-01-01' }, '2025-12-31T23:00:00Z', true],
    [{ operator: 'atMost', operand: '2026-01-01' }, '2026-01-01T01:00:00Z', false],
    [{ operator: 'atMost', operand: '2026-01-01' }, 'no date', false],
    [{ operator: 'olderThanDays', operand: 30 }, '2026-10-29T00:00:00Z', true],
    [{ operator: 'olderThanDays', operand: 30 }, '2026-10-30T00:00:00Z', false],
  ])('%j of %j is %s', (test, value, verdict) => {
    expect(asks(test, value)).toBe(verdict);
  });

  it('holds where one of several options passes it', () => {
    const hobbies = [
      { value: 4, label: 'Chess' },
      { value: 7, label: 'Rowing' },
    ];

    expect(asks({ operator: 'startsWith', operand: 'row' }, hobbies)).toBe(true);
    expect(asks({ operator: 'endsWith', operand: 'ess' }, hobbies)).toBe(true);
    expect(asks({ operator: 'contains', operand: 'owin' }, hobbies)).toBe(true);
    expect(asks({ operator: 'atLeast', operand: 7 }, hobbies)).toBe(true);
    expect(asks({ operator: 'atMost', operand: 4 }, hobbies)).toBe(true);
  });

  it('reads the first 1,000 characters of a text and the first 50 of several options', () => {
    const text = `${'a'.repeat(999)}bc`;
    const options = Array.from({ length: 51 }, (_, value) => ({ value, label: `Option ${value}` }));

    expect(asks({ operator: 'endsWith', operand: 'b' }, text)).toBe(true);
    expect(asks({ operator: 'is', operand: [49] }, options)).toBe(true);
    expect(asks({ operator: 'is', operand: ['Option 49'] }, options)).toBe(true);
    expect(asks({ operator: 'is', operand: [50] }, options)).toBe(false);
  });
});

describe('an expression', () => {
  it.each<[Expression, boolean | null]>([
    [{ all: [isTrue('yes'), isTrue('unknown')] }, null],
    [{ all: [isTrue('no'), isTrue('unknown')] }, false],
    [{ any: [isTrue('yes'), isTrue('unknown')] }, true],
    [{ any: [isTrue('no'), isTrue('unknown')] }, null],
    [{ any: [isTrue('no'), { all: [isTrue('yes')] }] }, true],
    [{ all: [isTrue('yes'), isTrue('yes')] }, true],
    [{ any: [isTrue('no'), isTrue('no')] }, false],
    [{ not: isTrue('unknown') }, null],
    [{ not: isTrue('no') }, true],
  ])('concludes nothing from what nobody has shown: %j is %s', (expression, verdict) => {
    expect(holds(expression, known({ yes: true, no: false }))).toBe(verdict);
  });

  it('says which names it reads, and when it may turn by itself', () => {
    const aged = (operand: number): Expression => ({
      name: 'seen',
      test: { operator: 'olderThanDays', operand },
    });
    const expression: Expression = { all: [isTrue('yes'), { not: { any: [aged(10), aged(40)] } }] };

    expect(namesIn(expression)).toEqual(['yes', 'seen']);
    expect(turnsAtMs(expression, known({ seen: '2026-11-20' }))).toBe(Date.parse('2026-11-30'));
    expect(turnsAtMs(expression, known({ seen: '2026-11-10' }))).toBe(Date.parse('2026-12-20'));
    expect(turnsAtMs(expression, known({ seen: '2026-11-18' }))).toBe(Date.parse('2026-12-28'));
    expect(turnsAtMs(expression, known({ seen: null }))).toBe(null);
    expect(turnsAtMs(expression, known({}))).toBe(null);
    const reached: Expression = { name: 'seen', test: { operator: 'atLeast', operand: 10 } };
    expect(turnsAtMs(reached, known({ seen: '2026-11-20' }))).toBe(null);
  });
});
