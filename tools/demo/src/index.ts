export { generatePeople, type GenerateOptions } from './generatePeople.ts';
export type { People, Person, Value, Values } from './people.ts';
export { seedDynamics, seedMarketo } from './seedPeople.ts';
export { startEmulators, type Emulators } from './startEmulators.ts';
export { toSettings, type DataverseAccess, type MarketoAccess, type Systems } from './systems.ts';
