import type { FlowStepService } from './flowStepDefinition.ts';

/** One call of a step, which may be answered once. */
export interface FlowStepRun {
  readonly service: FlowStepService;
  readonly token: string;
  readonly apiKey: string;
  readonly personIds: readonly number[];
  readonly inputs: Readonly<Record<string, string>>;
  isAnswered: boolean;
}

/** Self-service flow steps: those that are installed, and their calls. */
export interface FlowSteps {
  readonly services: Map<string, FlowStepService>;
  readonly runs: Map<string, FlowStepRun>;
}

export const createFlowSteps = (): FlowSteps => ({ services: new Map(), runs: new Map() });
