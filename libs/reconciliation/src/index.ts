export {
  rowKey,
  type FilterValue,
  type InFlightValue,
  type LinkedRow,
  type ParkedField,
  type SeenValue,
  type Verdict,
} from './linkedRow.ts';
export { originatingLead } from './originatingLead.ts';
export type {
  Forecast,
  GoldenEntity,
  GoldenField,
  GoldenRecord,
  PartedRow,
  Waiting,
} from './goldenRecord.ts';
export {
  rowOperation,
  isAwaited,
  type DynamicsEntry,
  type DynamicsRequestEntry,
  type DynamicsWriteEntry,
  type MarketoWriteEntry,
  type OutboxEntry,
} from './outbox.ts';
export { goldenIdOf } from './goldenIds.ts';
export { hasConsent, spreadId, type Consent, type ConsentChange } from './consent.ts';
export { facetsOf, holds, namesIn, type Expression, type Facets, type Test } from './expression.ts';
export { keptOutField } from './keptOut.ts';
export type { AccountKeyKind, AttachRule } from './accountKeys.ts';
export { keysSought, soughtKey } from './attach.ts';
export { mayBeJudged } from './comeBack.ts';
export { decide } from './decide.ts';
export {
  activeRow,
  newGoldenRecord,
  type Decision,
  type DecisionContext,
  type EmailClaim,
  type Nothing,
  type Survivor,
} from './decision.ts';
export {
  builtInOfTable,
  builtInType,
  customerRoleKey,
  entityIn,
  entityOfTable,
  entityTypes,
  entityMappingsFor,
  mappingFor,
  rowItself,
} from './entityTypes.ts';
export type { EntityType } from './entityType.ts';
export { customEntity, customTypesOf, type CustomEntity, type CustomEntityRule } from './customEntity.ts';
export { personOf } from './followers.ts';
export { followedKey, mergedOnto, survivorOf } from './followMerge.ts';
export { isPersonForetold } from './planPersonCreation.ts';
export { parentKey } from './relations.ts';
export { troublesOf, type Trouble } from './troubles.ts';
export { waitingWritesOf, type WaitingWrite } from './waitingWrites.ts';
export { refusalOfUndo, type UndoRefusal } from './undo.ts';
export { newPersonIn } from './wakeUp.ts';
export { claimOf, claimsOf, emailClaim, hasPerson, isFreePerson, isLeftPerson } from './match.ts';
export type { ConflictPolicy, WritePolicy } from './conflictPolicies.ts';
export { defaultMapping, filterColumn, type Direction, type GoldenType, type MappingRow } from './mapping.ts';
export { planOf, type MappingPlan } from './mappingPlan.ts';
export { nativePolicy, undoRule, type CreationRule, type Filters, type Policy } from './policy.ts';
export { isBlank, notRepresentable, project, read, readDisplay, type Reading } from './projection.ts';
export { optionSets } from './optionSets.ts';
