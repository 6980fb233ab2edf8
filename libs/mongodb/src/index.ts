export { openMongoStores, type MongoOptions, type MongoStores } from './openMongoStores.ts';
