export { createMarketo, type Marketo, type MarketoOptions } from './createMarketo.ts';
export { createFlowStepAnswers, type FlowStepAnswers } from './flowStepAnswers.ts';
