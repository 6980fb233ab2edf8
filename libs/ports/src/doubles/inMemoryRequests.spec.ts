import { callbackStoreContract, requestStoreContract } from '../contracts/requestStoreContract.ts';
import { inMemoryCallbacks, inMemoryRequests } from './inMemoryRequests.ts';

requestStoreContract('the in-memory double', async () => inMemoryRequests());
callbackStoreContract('the in-memory double', async () => inMemoryCallbacks());
