import { marketoObjectsContract } from '../contracts/marketoObjectsContract.ts';
import { inMemoryMarketoObjects } from './inMemoryMarketoObjects.ts';

describe('the in-memory Marketo of records other than persons', () => {
  marketoObjectsContract(async () => ({ objects: inMemoryMarketoObjects(), close: async () => {} }));
});
