import { personFields } from '@lockstep/change-events';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { marketoObjectsContract } from '@lockstep/ports';
import { createMarketo } from './createMarketo.ts';

const clock = { now: Date.now, monotonic: () => performance.now(), sleep: () => Promise.resolve() };

async function openStage() {
  const emulator = await startMarketoEmulator({ control: true });
  const marketo = createMarketo({ ...emulator, fields: personFields, clock });
  const objects = marketo.objects('FRESH');
  return {
    objects,
    async close() {
      await marketo.close();
      await emulator.close();
    },
  };
}

describe('records other than persons over the REST API', () => {
  marketoObjectsContract(openStage);

  it('are found by a key that holds a comma', async () => {
    const { objects, close } = await openStage();
    const company = { externalCompanyId: 'A,1', company: 'Example Ltd' };
    try {
      await objects.upsert('company', [company]);

      expect(await objects.find('company', [company], ['company'])).toMatchObject([{ fields: company }]);
    } finally {
      await close();
    }
  });
});
