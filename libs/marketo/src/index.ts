export { createMarketo, type Marketo, type MarketoOptions } from './createMarketo.ts';
export type { CallLane } from './laneQueue.ts';
