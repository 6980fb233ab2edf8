export { createDynamics, type Dynamics, type DynamicsOptions } from './createDynamics.ts';
export type { DataverseRequest } from './dataverseClient.ts';
