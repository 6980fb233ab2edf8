export { checkStores } from './checkStores.ts';
export { goldenWrites, type GoldenDocument } from './mongoGoldenStore.ts';
export { openMongoStores, type MongoOptions, type MongoStores } from './openMongoStores.ts';
