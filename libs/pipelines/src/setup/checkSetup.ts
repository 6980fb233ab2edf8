import { SyncError } from '@lockstep/change-events';
import type { Clock, EventLog, Lease, OutgoingMessage } from '@lockstep/ports';
import type { Stepper } from '../extractChanges.ts';
import { notice } from '../notices.ts';
import { findSetupFaults, type SetupQuestions } from './findSetupFaults.ts';
import { settleIn } from './replacedFaults.ts';
import type { SetupFault } from './setupFault.ts';

export type SetupCheckOptions = SetupQuestions & {
  readonly log: EventLog;
  readonly lease: Lease;
  readonly clock: Clock;
  /** Everything that was found at each look; empty when all is well. */
  readonly onFaults: (faults: readonly SetupFault[]) => void;
};

const source = 'marketo/setup';
/** A look costs five calls, so an hour of waiting for the administrator costs 150. */
const againMs = 120_000;
/** For fields that come and go, and a native sync that is switched on: 120 calls a day. */
const intervalMs = 3_600_000;

/**
 * Looks whether Marketo is set up as the service needs it, and tells every fault in one notice, anew only when it differs
 * from the last one. A step succeeds when the service can work; otherwise it throws MARKETO_NOT_READY, and is to be
 * repeated until the faults are corrected.
 */
export async function openSetupCheck(options: SetupCheckOptions): Promise<Stepper> {
  const { log, lease, clock, onFaults } = options;
  const publisher = await log.openPublisher(source);
  let told = '';
  const created: string[] = [];

  return {
    async step() {
      if (!lease.isHeld()) throw new SyncError('LEASE_LOST', { source });
      const faults = await findSetupFaults(options, (names) => void created.push(...names));
      onFaults(faults);
      if (created.length > 0) await publisher.publish([createdNotice(created, clock.now())]);
      created.length = 0;
      const sentence = faults.map(sentenceOf).join('; ');
      if (faults.length > 0 && sentence !== told) await publisher.publish([noticeOf(faults, clock.now())]);
      told = sentence;
      if (faults.some(({ isGrave }) => isGrave))
        throw new SyncError('MARKETO_NOT_READY', { faults: sentence, retryAfterMs: againMs });
      if (options.home) await settleIn(options.home);

      return { idleMs: intervalMs };
    },
    close: () => publisher.close(),
  };
}

function createdNotice(names: readonly string[], atMs: number): OutgoingMessage {
  const facts = Object.fromEntries(names.map((name) => [name, 'created']));

  return notice('MARKETO_SCHEMA_CREATED', 'marketo', { counts: { fields: names.length }, facts, atMs });
}

function noticeOf(faults: readonly SetupFault[], atMs: number): OutgoingMessage {
  const grave = faults.filter(({ isGrave }) => isGrave).length;
  const facts = Object.fromEntries(faults.map(({ check, code, found }) => [check, `${code} ${found}`]));
  const counts = { faults: faults.length, grave };

  return notice(grave > 0 ? 'MARKETO_NOT_READY' : 'MARKETO_LIMITED', 'marketo', { counts, facts, atMs });
}

const sentenceOf = ({ check, code, found }: SetupFault): string => `${check} ${code} ${found}`;
