export { checkStores } from './checkStores.ts';
export { goldenWrites } from './mongoGoldenStore.ts';
export { openMongoStores, type MongoOptions, type MongoStores } from './openMongoStores.ts';
