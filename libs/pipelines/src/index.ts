export { openTableExtractor, type ExtractOptions, type Stepper } from './extractChanges.ts';
export { openNotifier, type NoticeOptions, type Notifier } from './noticeChanges.ts';
export { createRouter } from './routeChanges.ts';
export { createReconciler, type OwnedWrite, type ReconcileOptions } from './reconcileChanges.ts';
export { createDynamicsWriter, type DynamicsWriteOptions } from './writeDynamics.ts';
export { createDeliverer, type DeliverOptions } from './deliverWrites.ts';
export { createSweeper, type SweepOptions } from './sweepDue.ts';
export { checkFirstReads, type FirstReadsOptions } from './watchFirstReads.ts';
export { withDeadLetters } from './deadLetters.ts';
