export {
  startDataverseEmulator,
  type DataverseEmulator,
  type DataverseEmulatorOptions,
} from './startDataverseEmulator.ts';
export type {
  CellValue,
  ColumnDefinition,
  ColumnType,
  OptionDefinition,
  Row,
} from './core/columnDefinition.ts';
export type { TableDefinition } from './core/tableDefinition.ts';
export { defaultSettings, type EmulatorSettings } from './core/emulatorSettings.ts';
export type { Fault, FaultAction } from './core/faultPlan.ts';
export { errorCodes } from './core/dataverseError.ts';
export { userId } from './core/actor.ts';
export { defaultHumanName } from './core/users.ts';
export { standardTables } from './tables/standardTables.ts';
