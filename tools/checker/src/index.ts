export { checkHistory } from './checkHistory.ts';
export { isFiltered } from './isFiltered.ts';
export {
  rowUnder,
  type ExpectedConflict,
  type ExpectedField,
  type ExpectedRules,
  type ExpectedWrite,
} from './expectedRules.ts';
export { heldForReview } from './checkFields.ts';
export type {
  AccountsHistory,
  FinalRecord,
  History,
  KeyedMessage,
  MergedPerson,
  RequestHistory,
  StateEntry,
} from './history.ts';
export { countFindings, findingKinds, type Finding, type FindingKind, type Verdict } from './verdict.ts';
export {
  fromLog,
  fromMarketoEmulator,
  personsFromMarketoEmulator,
  rowsFromDynamicsEmulator,
  type EmulatedPersonState,
  type LoggedState,
} from './readLogs.ts';
