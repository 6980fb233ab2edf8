export { startLockstep, type Lockstep, type LockstepOptions } from './startLockstep.ts';
export type { ServiceName } from './bundleServices.ts';
export type { CommittedState, ControlApi, Values } from './controlApi.ts';
export { differencesBetween, judgeBothSides, type BothSides } from './differencesBetween.ts';
export type { EmulatedDynamics, PersonTable } from './emulatedDynamics.ts';
export type { EmulatedMarketo } from './emulatedMarketo.ts';
export type { LockstepServices } from './lockstepServices.ts';
export type { ServiceProcess } from './serviceProcess.ts';
