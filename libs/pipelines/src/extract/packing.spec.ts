import {
  NotPacked,
  PackedEvent,
  rowEvent,
  type ChangeEvent,
  type PackedPiece,
  type EventPacking,
} from '@lockstep/change-events';
import type { DynamicsPage, DynamicsReader, EventLog, OutgoingMessage } from '@lockstep/ports';
import { eventsOf } from '../pipelineFixtures.ts';
import { command, eachOnce, extractSetting, leads, settle } from './extractFixtures.ts';

type Plan = {
  /** Of the page's rows, the one whose message never comes. */
  readonly oddRow?: number;
  readonly change?: (page: DynamicsPage) => DynamicsPage;
};

/** The reader of the setting, which packs every page for which it may, and a log that unpacks what it was given. */
function packingSetting({ oddRow, change = (page) => page }: Plan = {}) {
  const setting = extractSetting({ rows: 5, pageSizeMax: 3 });
  const events = new Map<PackedEvent, ChangeEvent>();
  const asked: (EventPacking | null)[] = [];
  const unpacked: string[] = [];
  const reader: DynamicsReader = {
    ...setting.dynamics,
    async readPage(definition, position, signal, packing = null) {
      const page = await setting.dynamics.readPage(definition, position, signal);
      asked.push(packing);
      if (packing === null || page.deletedIds.length > 0) return page;
      const { rows } = change(page);
      const packed = rows.map((row, index) => {
        const event = packedOf(index !== oddRow);
        events.set(event, rowEvent(row, packing.context()));
        return { ...row, fields: {}, packed: event };
      });
      return { ...change(page), rows: packed, unpacked: async () => (unpacked.push(page.position), page) };
    },
  };
  const log: EventLog = {
    ...setting.log,
    registered: () => Promise.resolve({ id: 7, schema: 'string' }),
    async openPublisher(id) {
      const publisher = await setting.log.openPublisher(id);
      return {
        ...publisher,
        publish: async (messages) => publisher.publish(await opened([...messages], events)),
      };
    },
  };
  return { ...setting, asked, unpacked, open: () => setting.open({ reader, log }) };
}

function packedOf(isPlain: boolean): PackedEvent {
  const arrival = isPlain ? Promise.resolve() : Promise.reject(new NotPacked('an odd row'));
  arrival.catch(() => undefined);
  const piece: PackedPiece = { content: null, arrival };
  void arrival.then(
    () => (piece.content = { bytes: Buffer.from('packed'), ends: Uint32Array.of(6) }),
    () => undefined,
  );
  return new PackedEvent(piece, 0, { operation: 'SNAPSHOT', lane: 'BACKFILL' });
}

/** What a log of bytes would show of them. */
const opened = (messages: readonly OutgoingMessage[], events: ReadonlyMap<PackedEvent, ChangeEvent>) =>
  Promise.all(
    messages.map(async (message) =>
      message.value instanceof PackedEvent
        ? {
            ...message,
            value: { ...events.get(message.value), packed: String(await message.value.message()) },
          }
        : message,
    ),
  );

const packedCount = (events: readonly ChangeEvent[]): number =>
  events.filter((event) => 'packed' in event).length;

describe('a page of the whole table that may be packed', () => {
  it('is published as it was packed, and its checkpoint with it', async () => {
    const { open, log, ids, checkpoint, unpacked } = packingSetting();
    await settle(await open());

    expect(ids().sort()).toEqual(eachOnce(5));
    expect(packedCount(eventsOf(log, leads))).toBe(5);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', rowsDone: 5 });
    expect(unpacked).toEqual([]);
  });

  it('is published by values, once, when a row of it turns out to be odd', async () => {
    const { open, log, ids, checkpoint, unpacked } = packingSetting({ oddRow: 1 });
    await settle(await open());

    expect(ids().sort()).toEqual(eachOnce(5));
    expect(packedCount(eventsOf(log, leads))).toBe(0);
    expect(await checkpoint()).toMatchObject({ phase: 'STREAMING', rowsDone: 5 });
    expect(unpacked).toHaveLength(2);
  });

  it('is looked at by its values when it was made under other metadata', async () => {
    const { open, log, ids } = packingSetting({ change: (page) => ({ ...page, metadataVersion: '999' }) });
    await settle(await open());

    expect(ids().sort()).toEqual(eachOnce(5));
    expect(packedCount(eventsOf(log, leads))).toBe(0);
  });

  it('is not packed when the read is no first load', async () => {
    const { open, asked, commands } = packingSetting();
    const extractor = await open();
    await settle(extractor);
    const before = asked.length;
    commands.push(command('resync'));
    await settle(extractor);

    expect(asked[0]).not.toBeNull();
    expect(asked.length).toBeGreaterThan(before);
    expect(asked.slice(before).every((packing) => packing === null)).toBe(true);
  });

  it('is not packed where column security may hide a value', async () => {
    const { open, asked, dynamics } = packingSetting();
    dynamics.setColumns('lead', { secured: ['firstname'] });
    await settle(await open());

    expect(asked.every((packing) => packing === null)).toBe(true);
  });

  it('tells what its events have in common when it is there', async () => {
    const { open, asked, clock } = packingSetting();
    await settle(await open());
    const context = asked[0]?.context();

    expect(context).toMatchObject({
      table: 'lead',
      lane: 'BACKFILL',
      operation: 'SNAPSHOT',
      versionEpoch: 1,
    });
    expect(Date.parse(context?.observedAt ?? '')).toBe(clock.now());
    expect(asked[0]?.schema.id).toBe(7);
  });
});
