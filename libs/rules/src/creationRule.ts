import type { CreationRule, MappingRow } from '@lockstep/reconciliation';
import { compileExpression } from './compileExpression.ts';
import { expressionFindings } from './expressionFindings.ts';
import type { Finding } from './ruleFault.ts';
import type { RulesFile } from './rulesSchema.ts';

/** Which people of Marketo get a row in Dynamics without being asked for (F-20); undefined when the file does not say. */
export function creationRuleOf({ persons = {} }: RulesFile): CreationRule | undefined {
  const { createInDynamics: rule } = persons;
  if (!rule) return undefined;
  const { when, as = 'lead', owner } = rule;

  return { when: compileExpression(when), as, ...(owner === undefined ? {} : { owner }) };
}

/** Its condition reads fields of the mapping only. */
export function creationFindings(
  { persons = {} }: RulesFile,
  mapping: readonly MappingRow[],
): readonly Finding[] {
  const { createInDynamics: rule } = persons;
  const known = mapping.map(({ field }) => field);

  return rule ? expressionFindings(rule.when, ['persons', 'createInDynamics', 'when'], known) : [];
}
