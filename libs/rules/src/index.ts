export { endRulesOf } from './endRules.ts';
export { openRules, type FollowOptions, type RulesSource } from './openRules.ts';
export { describedRows, isDefaultColumn, marketoFields, mappedTable } from './personColumns.ts';
export { readRules, type Rules, type RulesResult } from './readRules.ts';
export { faultLine, type RuleFault, type RuleFaultCode } from './ruleFault.ts';
export { editorSchema } from './rulesSchema.ts';
