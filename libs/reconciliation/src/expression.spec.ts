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
    [{ operator: 'is', operand: [false] }, null, false],
    [{ operator: 'is', operand: [1] }, true, false],
    [{ operator: 'isEmpty' }, '', true],
    [{ operator: 'isEmpty' }, false, false],
    [{ operator: 'startsWith', operand: 'te' }, 'Test', true],
    [{ operator: 'endsWith', operand: '@example.org' }, 'a@EXAMPLE.org', true],
    [{ operator: 'contains', operand: 'test' }, 'a test', true],
    [{ operator: 'contains', operand: 'test' }, null, false],
    [{ operator: 'atLeast', operand: 50 }, '50.5', true],
    [{ operator: 'atLeast', operand: 50 }, null, false],
    [{ operator: 'atMost', operand: '2026-01-01' }, '2025-12-31T23:00:00Z', true],
    [{ operator: 'atMost', operand: '2026-01-01' }, 'no date', false],
    [{ operator: 'olderThanDays', operand: 30 }, '2026-10-29T00:00:00Z', true],
    [{ operator: 'olderThanDays', operand: 30 }, '2026-10-30T00:00:00Z', false],
  ])('%j of %j is %s', (test, value, verdict) => {
    expect(asks(test, value)).toBe(verdict);
  });
});

describe('an expression', () => {
  it.each<[Expression, boolean | null]>([
    [{ all: [isTrue('yes'), isTrue('unknown')] }, null],
    [{ all: [isTrue('no'), isTrue('unknown')] }, false],
    [{ any: [isTrue('yes'), isTrue('unknown')] }, true],
    [{ any: [isTrue('no'), isTrue('unknown')] }, null],
    [{ any: [isTrue('no'), { all: [isTrue('yes')] }] }, true],
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
    expect(turnsAtMs(expression, known({ seen: null }))).toBe(null);
  });
});
