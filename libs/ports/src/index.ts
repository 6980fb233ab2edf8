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
} from './eventLog.ts';
export type { Lease, LeaseKeeper } from './lease.ts';
export type {
  Claim,
  ClaimStore,
  Delivery,
  DeliveryStore,
  GoldenStore,
  GuardedSave,
  LinkStore,
  SyncStateStore,
} from './goldenStore.ts';
export type {
  DynamicsPage,
  DynamicsReader,
  DynamicsRow,
  DynamicsUpdate,
  DynamicsUpdateResult,
  DynamicsWriter,
} from './dynamicsTable.ts';
export {
  marketoBatchMax,
  type DeletedPage,
  type FeedPage,
  type FeedRow,
  type MarketoPeople,
  type MarketoPerson,
  type UpsertRequest,
  type UpsertResult,
} from './marketoPeople.ts';
