import { askRecord, isPair, resyncRecord, undoDecision, unlinkRecord } from '@lockstep/pipelines';
import { refusalOfUndo, rowKey, type GoldenRecord } from '@lockstep/reconciliation';
import type { OperatorAct } from './actions.ts';
import { givenNow } from './rulings.ts';
import type { World } from './world.ts';

/** An operator does something; what names nobody is left alone. */
export async function operate(world: World, act: OperatorAct): Promise<void> {
  switch (act.do) {
    case 'pause':
      return void world.withheld.add(act.side);
    case 'resume':
      return void world.withheld.delete(act.side);
    default:
      return askFor(world, act);
  }
}

async function askFor(world: World, act: Extract<OperatorAct, { slot: number }>): Promise<void> {
  const record = await recordAt(world, act.slot);
  if (!record) return;
  const actor = 'simulated';
  const publisher = await world.log.openPublisher('operator');
  const options = {
    publisher,
    dynamics: world.dynamics,
    clock: { now: () => world.nowMs },
    tables: ['lead', 'contact'],
  };
  if (act.do === 'undo') await undoLast(world, options, record);
  else if (act.do === 'unlink') await (isPair(record) && unlinkRecord(options, { record, actor }));
  else if (act.do === 'resync') await resyncRecord(options, { record, from: null, actor });
  else await askRecord(options, { goldenId: record.goldenId, wish: act.do, actor });
  await publisher.close();
}

/** The newest decision that may be undone, if there is one; what it was about may change before the undo is read. */
async function undoLast(
  world: World,
  asking: Pick<Parameters<typeof undoDecision>[0], 'publisher' | 'clock'>,
  record: GoldenRecord,
): Promise<void> {
  const { mapping } = givenNow(world);
  const options = { ...asking, pastConflicts: world.stores.pastConflicts, mapping };
  const last = record.conflicts.findLast((each) => refusalOfUndo(record, each, mapping) === null);
  const asked = { decision: last?.decision ?? '' };
  if (last) await undoDecision(options, { record, asked, actor: 'simulated' });
}

async function recordAt({ rows, stores }: World, slot: number): Promise<GoldenRecord | undefined> {
  const row = rows[slot];
  if (!row) return undefined;
  const key = rowKey({ system: 'dynamics', ...row });
  const goldenId = (await stores.links.resolve([key])).get(key) ?? '';

  return (await stores.golden.load([goldenId])).get(goldenId);
}
