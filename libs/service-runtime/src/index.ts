export type { Environment, Setting, SettingKind, SettingShape, SettingValues } from './setting.ts';
export { parseSettings } from './parseSettings.ts';
export { misspeltSettings } from './misspeltSettings.ts';
export { commonSettings, mongodbSettings } from './sharedSettings.ts';
export { dataverseSettings, proofNames, proofSettings } from './dataverseSettings.ts';
export { rulesSetting } from './rulesSetting.ts';
export { readTables, tablesSettings } from './tablesSettings.ts';
export { firstSubject, runRounds, type Rounds } from './runRounds.ts';
export { settingsTable } from './settingsTable.ts';
export { exitWithCode, runChecks, runCommand, type Check } from './runChecks.ts';
export { printable } from './printable.ts';
export { runMain, type RunMainOptions } from './runMain.ts';
export { createLogger, type Log, type LogFacts, type LoggerOptions, type LogLevel } from './logger.ts';
export { errorFacts, type ErrorFacts } from './errorFacts.ts';
export { askedAgain, createReadiness, reasonOf, waitingReason, type Readiness } from './readiness.ts';
export {
  createHealthApp,
  startHealthServer,
  type HealthServer,
  type HealthServerOptions,
  type ServiceApi,
} from './healthServer.ts';
export { headOf, type CallHead, type ServiceRoute } from './serviceRoute.ts';
export { createKeyCheck } from './callKey.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createLifecycle, type Lifecycle, type LifecycleOptions } from './lifecycle.ts';
export { createOutage } from './outage.ts';
export { retryForever, type RetryOptions } from './retryForever.ts';
export { untilAnswered, type Question } from './untilAnswered.ts';
export { systemClock, type Clock } from './systemClock.ts';
export { childTraceparent, newTraceparent, type Random } from './traceparent.ts';
export { startService, type Service, type ServiceAddresses, type ServiceSettings } from './startService.ts';
