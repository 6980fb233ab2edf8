import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import type { Answer, Call } from './call.ts';

/** What an operation is called on. */
export interface OperationTarget {
  /** The table of the set or row it is bound to. */
  readonly table: TableDefinition | undefined;
  /** The row it is bound to. */
  readonly id: string | undefined;
  /** What stands in the parentheses of a function, such as `EntityNames=@p1`; parameter values are in `call.query`. */
  readonly parameters: string | undefined;
}

/** An action (POST) or a function (GET). */
export interface Operation {
  readonly method: 'GET' | 'POST';
  readonly binding: 'none' | 'set' | 'row';
  readonly answer: (state: OrganizationState, call: Call, target: OperationTarget) => Answer;
}
