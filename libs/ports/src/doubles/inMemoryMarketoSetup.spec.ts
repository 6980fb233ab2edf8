import { marketoSetupContract } from '../contracts/marketoSetupContract.ts';
import type { MarketoField } from '../marketoSetup.ts';
import { inMemoryMarketoSetup } from './inMemoryMarketoSetup.ts';

const fields: readonly MarketoField[] = [
  { name: 'firstName', type: 'string', lengthMax: 255, isWritable: true },
  { name: 'email', type: 'email', lengthMax: 255, isWritable: true },
  { name: 'address', type: 'text', lengthMax: 30_000, isWritable: true },
  { name: 'unsubscribed', type: 'boolean', lengthMax: null, isWritable: true },
  { name: 'leadScore', type: 'integer', lengthMax: null, isWritable: true },
  { name: 'annualRevenue', type: 'number', lengthMax: null, isWritable: true },
  { name: 'createdAt', type: 'timestamp', lengthMax: null, isWritable: false },
];

describe('a setup of Marketo in memory', () => {
  marketoSetupContract(async () => {
    const setup = inMemoryMarketoSetup(fields);

    return {
      setup,
      forbid: async (what) => void setup.forbidden.add(what),
      switchNativeSyncOn: async () => void (setup.isNativeSyncOn = true),
      addTextField: async (name, lengthMax) =>
        void setup.fields.push({ name, type: 'string', lengthMax, isWritable: true }),
      draftTextField: async (apiName) => void setup.drafts.add(apiName),
      advanceClock: async (durationMs) => void (setup.leadMs += durationMs),
      close: async () => undefined,
    };
  });
});
