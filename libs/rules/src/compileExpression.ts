import type { Expression, Test } from '@lockstep/reconciliation';
import type { ExpressionRule } from './expressionSchema.ts';

/** The expression that a rule without faults means. */
export function compileExpression(rule: ExpressionRule): Expression {
  if (rule.all) return { all: rule.all.map(compileExpression) };
  if (rule.any) return { any: rule.any.map(compileExpression) };
  if (rule.not) return { not: compileExpression(rule.not) };

  return compileTest(rule.column ?? rule.field ?? '', rule);
}

function compileTest(name: string, rule: ExpressionRule): Expression {
  const test = (of: Test): Expression => ({ name, test: of });
  const { isEmpty, is, isNot, in: among, notIn, olderThanDays } = rule;
  if (isEmpty !== undefined) return unless(!isEmpty, test({ operator: 'isEmpty' }));
  if (is !== undefined) return test({ operator: 'is', operand: [is] });
  if (isNot !== undefined) return unless(true, test({ operator: 'is', operand: [isNot] }));
  if (among) return test({ operator: 'is', operand: among });
  if (notIn) return unless(true, test({ operator: 'is', operand: notIn }));
  if (olderThanDays !== undefined) return test({ operator: 'olderThanDays', operand: olderThanDays });

  return test(compileComparison(rule));
}

const unless = (isSo: boolean, expression: Expression): Expression =>
  isSo ? { not: expression } : expression;

function compileComparison({ startsWith, endsWith, contains, atLeast, atMost = 0 }: ExpressionRule): Test {
  if (startsWith !== undefined) return { operator: 'startsWith', operand: startsWith };
  if (endsWith !== undefined) return { operator: 'endsWith', operand: endsWith };
  if (contains !== undefined) return { operator: 'contains', operand: contains };
  if (atLeast !== undefined) return { operator: 'atLeast', operand: atLeast };

  return { operator: 'atMost', operand: atMost };
}
