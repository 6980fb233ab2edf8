import { topics, type WriteCommand } from '@lockstep/change-events';
import type { Batch } from '@lockstep/ports';
import { exampleCommand, exampleId } from '../pipelineFixtures.ts';
import { createDeliverSetting, update } from './deliverSetting.ts';

describe('batches that are handled at the same time', () => {
  const batchOf = (partition: number, commands: readonly WriteCommand[]): Batch => ({
    ...{ topic: topics.writesBackfill, partition },
    messages: commands.map((value, at) => ({
      ...{ topic: topics.writesBackfill, partition, offset: `${at}`, key: value.goldenId },
      ...{ value, undecodable: null, headers: {} },
    })),
  });
  const commandsOf = (first: number, count: number, changes: Partial<WriteCommand>): WriteCommand[] =>
    Array.from({ length: count }, (_, n) => exampleCommand({ goldenId: exampleId(first + n), ...changes }));

  it.each([
    ['creations', { operation: 'CREATE' as const }, 3],
    ['creations without a search by address', { matchByEmail: false }, 2],
  ])('share their calls in every stage: %s', async (_what, changes, callsPerPerson) => {
    const { marketo, sent, deliverer } = createDeliverSetting();
    const calls: string[] = [];
    marketo.hooks.beforeCall = (operation) => void calls.push(operation);
    const withEmail = (commands: WriteCommand[]) =>
      commands.map((command) => ({ ...command, email: `${command.goldenId}@example.com` }));

    const results = await Promise.all([
      deliverer(batchOf(0, withEmail(commandsOf(1, 120, changes)))),
      deliverer(batchOf(1, withEmail(commandsOf(201, 180, changes)))),
    ]);

    expect(results.map(({ messages }) => messages.length)).toEqual([120, 180]);
    expect(sent.map(({ input }) => input.length)).toEqual([300]);
    expect(calls).toHaveLength(callsPerPerson);
  });

  it('hold a call back for a batch that is on its way to it', async () => {
    const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));
    const { marketo, sent, deliverer } = createDeliverSetting({
      sleep: nextTurn,
      async onLoad(ids) {
        for (let turn = 0; turn < 20 && ids.includes(exampleId(2)); turn += 1) await nextTurn();
        return new Map();
      },
    });
    marketo.seed([{}, {}]);
    const edit = (n: number) => update(`${n}`, { city: 'Ulm' }, { goldenId: exampleId(n) });

    await Promise.all([deliverer(batchOf(0, [edit(1)])), deliverer(batchOf(1, [edit(2)]))]);

    expect(sent.map(({ input }) => input.length)).toEqual([2]);
  });

  it('hold nothing back when they are alone', async () => {
    let looks = 0;
    const sleep = async (): Promise<void> => void (looks += 1);
    const { deliverer } = createDeliverSetting({ sleep });

    await deliverer(batchOf(0, commandsOf(1, 20, { matchByEmail: false })));

    // One for each of the two calls.
    expect(looks).toBe(2);
  });

  it('ask little of the database at once, and a fresh edit does not wait for them', async () => {
    const asked: string[] = [];
    const { deliverer } = createDeliverSetting({
      onLoad: (ids) => {
        asked.push(...ids);
        return new Promise(() => undefined);
      },
    });

    for (let golden = 1; golden <= 9; golden += 1) void deliverer(batchOf(0, commandsOf(golden, 1, {})));
    void deliverer({ ...batchOf(0, commandsOf(10, 1, {})), topic: topics.writes });
    await new Promise(setImmediate);

    expect(asked).toHaveLength(4);
    expect(asked).toContain(exampleId(10));
  });

  it('never send two records of one person in one call', async () => {
    const { marketo, sent, deliverer } = createDeliverSetting();
    marketo.seed([{}]);
    const edit = (golden: number, city: string) =>
      update('1', { city }, { goldenId: exampleId(golden), lane: 'BACKFILL' });

    await Promise.all([deliverer(batchOf(0, [edit(1, 'Ulm')])), deliverer(batchOf(1, [edit(2, 'Bonn')]))]);

    expect(sent.map(({ input }) => input)).toEqual([[{ id: 1, city: 'Ulm' }], [{ id: 1, city: 'Bonn' }]]);
  });
});
