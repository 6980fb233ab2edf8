export { createDynamics, type Dynamics, type DynamicsOptions } from './createDynamics.ts';
export type { DynamicsCredential } from './credentials.ts';
export { connectionOptions, type ConnectionConfig, type UserConfig } from './connectionOptions.ts';
export { cloudAuthorities, type DynamicsCloud } from './cloudAuthorities.ts';
export type { DataverseOperation, DataverseRequest } from './dataverseClient.ts';
export { serviceProtectionLimits } from './governor.ts';
export type { DataverseLane } from './governorQueue.ts';
export type { WindowLimits } from './governorWindow.ts';
export { servePages } from './packing/servePages.ts';
