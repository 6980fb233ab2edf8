import { inMemoryStores } from '@lockstep/ports';
import { newGoldenRecord } from '@lockstep/reconciliation';
import { findRecords } from './findRecords.ts';

const id = 'b7e440d2-43e1-45a2-b960-953fd750b48a';

it.each([id, id.toUpperCase(), `{${id.toUpperCase()}}`])(
  'a row of Dynamics is found by its id as Dynamics shows it: %s',
  async (shown) => {
    const stores = inMemoryStores();
    await stores.golden.save([{ record: newGoldenRecord('ann'), expected: null }]);
    await stores.links.link(new Map([[`dynamics/lead/${id}`, 'ann']]));

    expect(await findRecords(stores, { row: `dynamics/lead/${shown}` })).toMatchObject([{ goldenId: 'ann' }]);
  },
);
