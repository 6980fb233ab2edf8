import { accountPieces, customPieces, pieces, type Piece } from './actions.ts';
import { step } from './stepProcess.ts';
import { commitLate, pass, type World } from './world.ts';

const stepsMax = 5_000;
const roundMs = 6_000;
/** Longer than every timer that is not a parked record's own. */
const quietMs = 200_000;
const horizonMs = 2.5 * 3_600_000;

/** Lets the loops run without faults until nothing happens any more and no timer is left that could make it. */
export async function settleDown(world: World): Promise<void> {
  commitLate(world);
  const endMs = world.nowMs + horizonMs;
  const budget = { stepsLeft: stepsMax };
  let idleSinceMs = world.nowMs;
  while (world.nowMs < endMs) {
    const before = progressOf(world);
    await runRound(world, budget);
    if (progressOf(world) !== before) idleSinceMs = world.nowMs;
    const dueMs = await nextDueMs(world);
    const isIdle = world.nowMs - idleSinceMs > quietMs;
    if (isIdle && dueMs > endMs) return;
    pass(world, isIdle ? Math.max(roundMs, dueMs - world.nowMs + 1) : roundMs + (world.nowMs - idleSinceMs));
  }
}

/** A few rounds of all loops, while nobody edits anything. */
export async function runRounds(world: World, rounds: number): Promise<void> {
  const budget = { stepsLeft: stepsMax };
  for (let round = 0; round < rounds; round += 1) {
    await runRound(world, budget);
    pass(world, roundMs);
  }
}

async function runRound(world: World, budget: { stepsLeft: number }): Promise<void> {
  const { accounts, customs } = world.plan;
  const read = [...(accounts ? accountPieces : []), ...(customs ? customPieces : [])];
  for (const piece of [...read, ...pieces]) await runPiece(world, piece, budget);
  if (world.asked.length > 0) await runPiece(world, 'publish-requests', budget);
}

async function runPiece(world: World, piece: Piece, budget: { stepsLeft: number }): Promise<void> {
  let busy = true;
  while (busy) {
    budget.stepsLeft -= 1;
    if (budget.stepsLeft < 0) throw new Error('the loops do not come to rest');
    busy = await step(world, { piece, choice: 0, messagesMax: 100, fault: null });
  }
}

function progressOf({ dynamics, marketo, handled }: World): string {
  return [dynamics.states.length, marketo.states.length, handled].join();
}

async function nextDueMs({ stores }: World): Promise<number> {
  const [first = ''] = await stores.golden.findDue(Number.MAX_SAFE_INTEGER, 1);
  return (await stores.golden.load([first])).get(first)?.dueAtMs ?? Infinity;
}
