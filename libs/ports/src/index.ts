export type { Clock } from './clock.ts';
export type {
  Batch,
  BatchHandler,
  BatchResult,
  ConsumeOptions,
  EventLog,
  IncomingMessage,
  OutgoingMessage,
  Publisher,
  HeadVisitor,
  ScannedEvent,
  ScanOptions,
  ScanResult,
} from './eventLog.ts';
export type { Lease, LeaseKeeper } from './lease.ts';
export type { BudgetReport, DailyUsage, RequestBudget } from './requestBudget.ts';
export {
  callLanes,
  type CallBudget,
  type CallLane,
  type CallReport,
  type CallsByLane,
  type CallStore,
  type DailyCalls,
  type StoredCalls,
} from './callBudget.ts';
export type {
  Claim,
  ClaimStore,
  ConsentStore,
  Delivery,
  DeliveryStore,
  GoldenStore,
  GuardedSave,
  LinkStore,
  SyncStateStore,
} from './goldenStore.ts';
export type {
  TroubleCount,
  TroubleCounts,
  TroubleFilter,
  TroublePage,
  TroubleReader,
} from './troubleReader.ts';
export {
  addWrites,
  noWrites,
  writeKinds,
  type WriteCounts,
  type WriteCountStore,
  type WriteKind,
} from './writeCounts.ts';
export { sumOutcomes, type OutcomeCount, type OutcomeCountStore } from './outcomeCounts.ts';
export { outcomeCountsContract } from './contracts/outcomeCountsContract.ts';
export { inMemoryOutcomeCounts } from './doubles/inMemoryOutcomeCounts.ts';
export { writeCountsContract } from './contracts/writeCountsContract.ts';
export type { PastConflict, PastConflictStore } from './pastConflicts.ts';
export { pastConflictsContract } from './contracts/pastConflictsContract.ts';
export { countTroubles, troubleKey, troubleTime } from './troubleCounts.ts';
export {
  countWaitingWrites,
  waitingSince,
  type WaitingWriteCount,
  type WaitingWriteCounts,
  type WaitingWriteReader,
} from './waitingWrites.ts';
export { waitingWritesContract, type WaitingWriteStores } from './contracts/waitingWritesContract.ts';
export { troubleReaderContract, type TroubleStores } from './contracts/troubleReaderContract.ts';
export type {
  DynamicsCreateResult,
  DynamicsCreation,
  DynamicsMerge,
  DynamicsMergeResult,
  DynamicsOwner,
  DynamicsPage,
  DynamicsReader,
  DynamicsRow,
  DynamicsRows,
  DynamicsUpdate,
  DynamicsUpdateResult,
  DynamicsRemoval,
  DynamicsRemoveResult,
  DynamicsWriter,
  RefusedRow,
} from './dynamicsTable.ts';
export { writtenLookups } from './writtenLookups.ts';
export type {
  DynamicsMembership,
  DynamicsReference,
  DynamicsRequestResult,
  DynamicsRequests,
  DynamicsTask,
} from './dynamicsRequests.ts';
export type {
  DynamicsCatalog,
  ExcludedColumn,
  PrivilegeKind,
  TableDescription,
  TableRights,
  TableSelection,
  WritingRights,
} from './dynamicsCatalog.ts';
export type { MarketoObject, MarketoObjects, ObjectResult } from './marketoObjects.ts';
export {
  marketoBatchMax,
  mergeLosersMax,
  type DeletedPage,
  type Merge,
  type MemberPage,
  type MergePage,
  type FeedPage,
  type FeedRow,
  type MarketoPeople,
  type MarketoPerson,
  type UpsertRequest,
  type UpsertResult,
} from './marketoPeople.ts';
export {
  customFieldTypes,
  setupProbes,
  type CustomFieldType,
  type CustomType,
  type CustomTypeField,
  type DescribedType,
  type MarketoSetup,
  type MarketoField,
  type MarketoFieldType,
  type SetupProbe,
} from './marketoSetup.ts';
export {
  inMemoryDynamics,
  type InMemoryDynamics,
  type InMemoryDynamicsOptions,
  type SeedRow,
} from './doubles/inMemoryDynamics.ts';
export type { DynamicsHooks } from './doubles/dynamicsHooks.ts';
export {
  inMemoryMarketo,
  type InMemoryMarketo,
  type InMemoryMarketoOptions,
  type MarketoHooks,
} from './doubles/inMemoryMarketo.ts';
export { inMemoryMarketoSetup, type InMemoryMarketoSetup } from './doubles/inMemoryMarketoSetup.ts';
export type { RecordedState } from './doubles/recordedState.ts';
export { stockOptionLabels, type OptionLabels } from './doubles/dynamicsColumnRules.ts';
export {
  inMemoryEventLog,
  type InMemoryEventLog,
  type InMemoryEventLogOptions,
} from './doubles/inMemoryEventLog.ts';
export type { LogPoint, PendingMessages } from './doubles/inMemoryConsumers.ts';
export { inMemoryLeaseKeeper, type InMemoryLeaseKeeper } from './doubles/inMemoryLease.ts';
export { inMemoryStores, type InMemoryStores } from './doubles/inMemoryStores.ts';
export { dynamicsContract } from './contracts/dynamicsTableContract.ts';
export { dynamicsRequestsContract } from './contracts/dynamicsRequestsContract.ts';
export type { DynamicsHarness, DynamicsHuman, SeenMember, SeenTask } from './contracts/dynamicsHarness.ts';
export { dynamicsQueriesContract } from './contracts/dynamicsQueriesContract.ts';
export {
  dynamicsCatalogContract,
  type DynamicsAdministrator,
  type DynamicsCatalogHarness,
} from './contracts/dynamicsCatalogContract.ts';
export { marketoContract } from './contracts/marketoPeopleContract.ts';
export { visitType, type MarketoHarness, type MarketoHuman } from './contracts/marketoHarness.ts';
export {
  marketoSetupContract,
  type MarketoSetupHarness,
  type SetupRight,
} from './contracts/marketoSetupContract.ts';
export { eventLogContract } from './contracts/eventLogContract.ts';
export { eventLogPublishingContract } from './contracts/eventLogPublishingContract.ts';
export { eventLogContractTopics, untilMarked, type EventLogHarness } from './contracts/eventLogHarness.ts';
export { leaseContract, type LeaseHarness } from './contracts/leaseContract.ts';
export { goldenLookUpContract } from './contracts/goldenLookUpContract.ts';
export { goldenStoreContract } from './contracts/goldenStoreContract.ts';
export { linkStoreContract } from './contracts/linkStoreContract.ts';
export { claimStoreContract } from './contracts/claimStoreContract.ts';
export { consentStoreContract } from './contracts/consentStoreContract.ts';
export { deliveryStoreContract } from './contracts/deliveryStoreContract.ts';
export { syncStateContract } from './contracts/syncStateContract.ts';
export { virtualClock, type VirtualClock } from './doubles/virtualClock.ts';
export { callBudgetContract, type CallBudgetHarness } from './contracts/callBudgetContract.ts';
export { callStoreContract } from './contracts/callStoreContract.ts';
export {
  inMemoryCallBudget,
  inMemoryCallStore,
  type InMemoryCallBudget,
} from './doubles/inMemoryCallBudget.ts';
export { requestBudgetContract } from './contracts/requestBudgetContract.ts';
export { inMemoryRequestBudget } from './doubles/inMemoryRequestBudget.ts';
export { clockContract } from './contracts/clockContract.ts';
export { inMemoryMarketoObjects, type InMemoryMarketoObjects } from './doubles/inMemoryMarketoObjects.ts';
export type { ObjectWrite } from './doubles/marketoObjectStore.ts';
export { marketoObjectsContract, type MarketoObjectsHarness } from './contracts/marketoObjectsContract.ts';
export type { CallbackStore, FlowStepCallback, RequestStore } from './requestStore.ts';
export { callbackStoreContract, requestStoreContract } from './contracts/requestStoreContract.ts';
export { inMemoryCallbacks, inMemoryRequests } from './doubles/inMemoryRequests.ts';
