import { claimStoreContract } from '../contracts/claimStoreContract.ts';
import { consentStoreContract } from '../contracts/consentStoreContract.ts';
import { deliveryStoreContract } from '../contracts/deliveryStoreContract.ts';
import { goldenLookUpContract } from '../contracts/goldenLookUpContract.ts';
import { goldenStoreContract } from '../contracts/goldenStoreContract.ts';
import { linkStoreContract } from '../contracts/linkStoreContract.ts';
import { syncStateContract } from '../contracts/syncStateContract.ts';
import { troubleReaderContract } from '../contracts/troubleReaderContract.ts';
import { waitingWritesContract } from '../contracts/waitingWritesContract.ts';
import { pastConflictsContract } from '../contracts/pastConflictsContract.ts';
import { outcomeCountsContract } from '../contracts/outcomeCountsContract.ts';
import { writeCountsContract } from '../contracts/writeCountsContract.ts';
import { inMemoryStores } from './inMemoryStores.ts';

const name = 'the in-memory double';

goldenStoreContract(name, async () => inMemoryStores().golden);
goldenLookUpContract(name, async () => inMemoryStores().golden);
linkStoreContract(name, async () => inMemoryStores().links);
claimStoreContract(name, async () => inMemoryStores().claims);
consentStoreContract(name, async () => inMemoryStores().consents);
deliveryStoreContract(name, async () => inMemoryStores().deliveries);
syncStateContract(name, async () => inMemoryStores().syncState);
troubleReaderContract(name, async () => inMemoryStores());
waitingWritesContract(name, async () => inMemoryStores());
pastConflictsContract(name, async () => inMemoryStores().pastConflicts);
writeCountsContract(name, async () => inMemoryStores().writeCounts);
outcomeCountsContract(name, async () => inMemoryStores().outcomeCounts);

describe('inMemoryStores', () => {
  it('shows all golden records as copies', async () => {
    const { golden, all } = inMemoryStores();
    const record = {
      goldenId: 'a',
      revision: { epoch: 1, number: 1 },
      kind: 'lead' as const,
      aliasOf: null,
      fields: {},
      rows: [],
      outbox: [],
      waiting: null,
      conflicts: [],
      lane: 'LIVE' as const,
      dueAtMs: null,
    };

    await golden.save([{ record, expected: null }]);

    expect(all()).toEqual([record]);
    expect(all()[0]).not.toBe(record);
    expect(all()[0]).not.toBe(all()[0]);
  });
});
