export { startMarketoEmulator } from './startMarketoEmulator.ts';
export type { MarketoEmulator, MarketoEmulatorOptions } from './startMarketoEmulator.ts';
