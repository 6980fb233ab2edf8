export { inMemoryDynamics, type InMemoryDynamics } from '../../../libs/ports/src/doubles/inMemoryDynamics.ts';
export { inMemoryEventLog, type InMemoryEventLog } from '../../../libs/ports/src/doubles/inMemoryEventLog.ts';
export { inMemoryMarketo, type InMemoryMarketo } from '../../../libs/ports/src/doubles/inMemoryMarketo.ts';
export { inMemoryStores, type InMemoryStores } from '../../../libs/ports/src/doubles/inMemoryStores.ts';
