import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '@lockstep/simulation';
import type { ControlApi } from '../controlApi.ts';
import type { ServicePair } from '../servicePair.ts';
import type { MetFault } from './judgeDeliveries.ts';
import type { CallFault, FaultKind, ProcessFault } from './planFaults.ts';

export type FaultPlaces = {
  readonly control: ControlApi;
  readonly pair: ServicePair;
  readonly random: Random;
  readonly onFault: (fault: MetFault & { readonly kind: FaultKind }) => void;
  readonly signal: AbortSignal;
};

/** Calls fail all the while that processes do. */
const callPauseMsMax = 8_000;
const processPauseMsMax = 3_000;
const metTimeoutMs = 120_000;
const pollIntervalMs = 100;
/** Marketo gives a write up after 90 s (marketo-rest 2.4). */
const lateCommitMsMax = 85_000;
/** The broker drops a silent holder after 7 s. */
const frozenMsMin = 8_000;
const frozenMsMax = 14_000;
/** Writes of our people; the services also try whether they may write at all. */
const write = { method: 'POST', path: '/v1/leads\\.json$', body: 'Revision \\d' };

/** Commits them one after the other; each is met before the next. */
export async function injectCallFaults(places: FaultPlaces, faults: readonly CallFault[]): Promise<void> {
  const { control, random, onFault, signal } = places;
  for (const kind of faults) {
    await sleep(random.below(callPauseMsMax), undefined, { signal });
    if (kind === 'TOKEN_REVOKED') await control.delete('tokens');
    else {
      await control.post('faults', { match: write, action: actionOf(kind, random) });
      await untilMet(control, signal);
    }
    onFault({ kind, atMs: Date.now() });
  }
}

function actionOf(kind: Exclude<CallFault, 'TOKEN_REVOKED'>, random: Random): object {
  switch (kind) {
    case 'COMMIT_AFTER_604':
      return { kind: 'commitLater', code: '604', delayMs: random.below(lateCommitMsMax) };
    case 'COMMIT_BEFORE_5XX':
      return { kind: 'commitThenStatus', status: random.pick([500, 502, 503, 504]) };
    case 'CONNECTION_CUT':
      return { kind: random.pick(['drop', 'commitThenDrop']) };
  }
}

async function untilMet(control: ControlApi, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + metTimeoutMs;
  for (;;) {
    const { faults } = await control.get<{ faults: readonly unknown[] }>('faults');
    if (faults.length === 0) return;
    if (performance.now() > deadlineMs) throw new Error('no write met the armed fault');
    await sleep(pollIntervalMs, undefined, { signal });
  }
}

/** One after the other, each with a standby there to take over. */
export async function injectProcessFaults(
  { pair, random, onFault, signal }: FaultPlaces,
  faults: readonly ProcessFault[],
): Promise<void> {
  for (const kind of faults) {
    await pair.untilPaired(signal);
    await sleep(random.below(processPauseMsMax), undefined, { signal });
    const atMs = Date.now();
    if (kind === 'KILL') await pair.killActive();
    else await pair.freezeActive(frozenMsMin + random.below(frozenMsMax - frozenMsMin));
    onFault({ kind, atMs });
  }
}
