export { createControlInbox, type ControlInbox } from './controlInbox.ts';
export { createHintBell, type HintBell } from './extract/hintBell.ts';
export { openTableExtractor, type Stepper, type TableExtractor } from './extractChanges.ts';
export type { ExtractOptions } from './extract/extractOptions.ts';
export { checkTable, type TableCheck } from './extract/checkTable.ts';
export { openDailyRequests, type DailyRequestsOptions } from './extract/dailyRequests.ts';
export { progressOf, type Progress } from './extract/progress.ts';
export { defaultBrake, type BrakeLimits } from './brake.ts';
export {
  createWriteBrake,
  defaultWriteLimits,
  type WriteBrake,
  type WriteLimits,
} from './reconcile/writeBrake.ts';
export { readingTarget } from './notice/answerReading.ts';
export { openNotifier, type NoticeOptions, type Notifier } from './noticeChanges.ts';
export { createRouter } from './routeChanges.ts';
export { createReconciler, type ReconcileOptions } from './reconcileChanges.ts';
export type { OwnedWrite } from './reconcile/reconcileOutput.ts';
export { createDynamicsWriter, type DynamicsWriteOptions } from './writeDynamics.ts';
export { openDailyCalls, type DailyCallsOptions } from './deliver/dailyCalls.ts';
export {
  openDeliveryBacklog,
  type BacklogReport,
  type DeliveryBacklogOptions,
} from './deliver/deliveryBacklog.ts';
export { deliverLanes, type DeliverLanesOptions } from './deliver/deliverLanes.ts';
export { createFieldCheck, fieldPolicies, type FieldCheck, type FieldPolicy } from './deliver/fieldCheck.ts';
export { createDeliverer, type DeliverOptions } from './deliverWrites.ts';
export {
  askRecord,
  findCarrier,
  isPair,
  releasePage,
  resyncRecord,
  unlinkRecord,
  type AskOptions,
  type ResyncSide,
} from './operate/askRecords.ts';
export { listLetters, type LetterFilter, type ScanLetters } from './operate/deadLetterList.ts';
export { isInReview, listReviews, type Standing } from './operate/listReviews.ts';
export { undoPage, type UndoFilter, type UndoPage } from './operate/undoPage.ts';
export { findJoining, joinAll, rematchPage, type RematchPage } from './operate/rematch.ts';
export {
  addRehearsals,
  callsOf,
  emptyRehearsal,
  rehearsePage,
  type Counts,
  type Rehearsal,
  type SideForecast,
} from './operate/rehearse.ts';
export { replayLetters, type ReplayOptions } from './operate/replayLetters.ts';
export {
  createOutcomeMeter,
  outcomeWindows,
  type OutcomeMeter,
  type OutcomeWindows,
} from './operate/outcomeMeter.ts';
export { createDrainWatch } from './operate/drain.ts';
export { createDirections, directionTargets, type Directions } from './operate/directions.ts';
export {
  explainRecords,
  type ConflictView,
  type ExplainedRecord,
  type ExplainStores,
} from './operate/explainRecords.ts';
export { findRecords, type RecordStores, type Sought } from './operate/findRecords.ts';
export {
  recordView,
  sentenceOf,
  troubleViews,
  type RecordView,
  type TroubleView,
} from './operate/recordView.ts';
export { requestStatus, type RequestStatus } from './operate/requestStatus.ts';
export { readSourceStatus, type SourceStatus } from './operate/sourceStatus.ts';
export { undoDecision, type UndoAsked, type UndoResult } from './operate/undoDecision.ts';
export { tableStatus, type TableStatus } from './operate/tableStatus.ts';
export { createSweeper, type SweepOptions } from './sweepDue.ts';
export { tellExpired } from './tellExpired.ts';
export { checkFirstReads, type FirstReadsOptions } from './watchFirstReads.ts';
export { withDeadLetters } from './deadLetters.ts';
export { reopeningPublisher, reopeningStepper } from './reopen.ts';
export { createCallNumbers, type CallNumbers } from './callNumbers.ts';
export {
  createRequestDoors,
  type AcceptOptions,
  type Asked,
  type RequestDoors,
} from './request/acceptRequests.ts';
export { openRequestPublisher } from './request/publishRequests.ts';
export { followRequests } from './request/followRequests.ts';
export { createCallbackAnswerer, type AnswerFlowStep } from './request/answerCallbacks.ts';
export { openSetupCheck, type SetupCheckOptions } from './setup/checkSetup.ts';
export { creatables, type Creatable, type SchemaWishes } from './setup/schemaWishes.ts';
export { findSetupFaults } from './setup/findSetupFaults.ts';
export type { MarketoHome } from './setup/replacedFaults.ts';
export { assertSameDynamics, type DynamicsHome } from './setup/sameDynamics.ts';
export type { SetupFault } from './setup/setupFault.ts';
export {
  lengthFindings,
  unwritableColumns,
  writingNeeds,
  type LengthFinding,
  type WritingRules,
} from './setup/writingFindings.ts';
