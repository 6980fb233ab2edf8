import type {
  DynamicsCreateResult,
  DynamicsCreation,
  DynamicsMerge,
  DynamicsMergeResult,
  DynamicsRemoval,
  DynamicsRemoveResult,
  DynamicsUpdate,
  DynamicsUpdateResult,
} from '../dynamicsTable.ts';
import type { DynamicsOperation } from './dynamicsReaderSide.ts';

/**
 * Called around what the port does; a hook that throws makes the call fail. An error out of `afterUpdate` is an answer
 * lost after the commit. Hooks may edit, as a person might in that moment.
 */
export type DynamicsHooks = {
  beforeCall?: (operation: DynamicsOperation, table: string) => void | Promise<void>;
  beforeUpdate?: (update: DynamicsUpdate) => void | Promise<void>;
  afterUpdate?: (update: DynamicsUpdate, result: DynamicsUpdateResult) => void | Promise<void>;
  afterDelete?: (removal: DynamicsRemoval, result: DynamicsRemoveResult) => void | Promise<void>;
  afterMerge?: (merge: DynamicsMerge, result: DynamicsMergeResult) => void | Promise<void>;
  afterCreate?: (creation: DynamicsCreation, result: DynamicsCreateResult) => void | Promise<void>;
  afterRequest?: (operation: DynamicsOperation) => void | Promise<void>;
};
