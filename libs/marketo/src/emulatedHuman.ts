import type { MarketoHuman } from '@lockstep/ports';

type Json = Readonly<Record<string, unknown>>;

/** What people do in an emulated Marketo, by its control calls; for specs. */
export function emulatedHuman(
  control: (method: string, path: string, body?: Json) => Promise<Json>,
): MarketoHuman {
  return {
    seed: async (persons) => {
      const { ids } = await control('POST', 'persons', { persons });

      return (ids as readonly number[]).map(String);
    },
    edit: async (id, fields) => void (await control('POST', 'edits', { id: Number(id), fields })),
    remove: async (id) => void (await control('POST', 'deletes', { id: Number(id) })),
    merge: async (winner, losers) =>
      void (await control('POST', 'merges', { winner: Number(winner), losers: losers.map(Number) })),
    list: async (memberIds) => {
      const { id } = await control('POST', 'lists', { name: `List of ${memberIds.join()}` });
      await control('POST', `lists/${String(id)}/members`, { add: memberIds.map(Number) });

      return String(id);
    },
    move: async (id, partitionName) => {
      await control('POST', 'partitions', { name: partitionName });
      await control('POST', 'moves', { id: Number(id), partitionName });
    },
  };
}
