import type { ExpressionRule } from './expressionSchema.ts';
import { nearestName } from './nearestName.ts';
import type { Finding, RulePath } from './ruleFault.ts';

const forms = ['all', 'any', 'not', 'column', 'field'] as const;
const depthMax = 10;

/** What is wrong with an expression although each key and value is known; `known` are the names it may read, where they can be told. */
export function expressionFindings(
  rule: ExpressionRule,
  path: RulePath,
  known?: readonly string[],
): readonly Finding[] {
  const depth = path.filter((key) => key === 'all' || key === 'any' || key === 'not').length;
  if (depth > depthMax) return [invalid(path, `An expression is at most ${depthMax} deep.`)];
  const { all = [], any = [], not } = rule;
  const form = formFinding(rule, path);

  return [
    ...(form ? [form] : []),
    ...all.flatMap((part, index) => expressionFindings(part, [...path, 'all', String(index)], known)),
    ...any.flatMap((part, index) => expressionFindings(part, [...path, 'any', String(index)], known)),
    ...(not ? expressionFindings(not, [...path, 'not'], known) : []),
    ...nameFindings(rule, path, known),
  ];
}

/** One of `all`, `any`, `not` alone, or a name with one test. */
function formFinding(rule: ExpressionRule, path: RulePath): Finding | null {
  const given = Object.keys(rule);
  const [form, ...others] = forms.filter((key) => given.includes(key));
  const tests = given.filter((key) => !(forms as readonly string[]).includes(key));
  if (form === undefined) return invalid(path, 'An expression is all, any, not, or a name and one test.');
  const isNamed = form === 'column' || form === 'field';
  if (others.length > 0 || (!isNamed && tests.length > 0)) return invalid(path, `${form} stands alone.`);

  return isNamed && tests.length !== 1 ? invalid(path, `${form} has one test, not ${tests.length}.`) : null;
}

const invalid = (path: RulePath, sentence: string): Finding => ({
  ...{ code: 'EXPRESSION_INVALID', path, sentence },
});

function nameFindings(
  { field }: ExpressionRule,
  path: RulePath,
  known?: readonly string[],
): readonly Finding[] {
  if (field === undefined || !known || known.includes(field)) return [];
  const nearest = nearestName(field, known);

  return [
    {
      ...{ code: 'FIELD_UNKNOWN', path: [...path, 'field'], nearest },
      sentence: `${field} is no field of the mapping.`,
    },
  ];
}
