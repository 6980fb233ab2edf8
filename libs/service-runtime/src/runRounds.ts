import { systemClock, type Clock } from './systemClock.ts';

/** Work that is about something which may change while it runs. */
export type Rounds<Subject> = {
  /** What the work is to be about. */
  readonly look: () => Promise<Subject>;
  /** Throws what keeps a round about it from beginning. */
  readonly check: (subject: Subject, signal: AbortSignal) => Promise<void>;
  /** One round; it ends when its signal comes. */
  readonly work: (subject: Subject, signal: AbortSignal) => Promise<void>;
  /** What looking or checking threw while a round goes on; once for the same in a row. */
  readonly onRefused: (error: unknown) => void;
  readonly clock?: Pick<Clock, 'sleep'>;
};

/** As often as files of rules are looked at. */
const intervalMs = 5_000;

/** What the first round is to be about. Throws what keeps it from beginning. */
export async function firstSubject<Subject>(
  { look, check }: Pick<Rounds<Subject>, 'look' | 'check'>,
  signal: AbortSignal,
): Promise<Subject> {
  const subject = await look();
  await check(subject, signal);

  return subject;
}

/**
 * Works in rounds: when a look answers something else that passes the check, the round ends and the next one begins. Settles when
 * a round ends by itself, or the signal comes. Throws what a round throws.
 */
export async function runRounds<Subject>(
  rounds: Rounds<Subject>,
  first: Subject,
  signal: AbortSignal,
): Promise<void> {
  let subject: Subject | null = first;
  while (subject !== null && !signal.aborted) subject = await runRound(rounds, subject, signal);
}

/** Answers what the next round is about; null when there is to be none. */
async function runRound<Subject>(
  rounds: Rounds<Subject>,
  subject: Subject,
  signal: AbortSignal,
): Promise<Subject | null> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const end = (): void => ended.abort();
  const working = rounds.work(subject, until).then(() => until.aborted);
  const [wasAsked, next] = await Promise.all([
    working.finally(end),
    awaitOther(rounds, subject, until).finally(end),
  ]);

  return wasAsked ? next : null;
}

/** Null when the signal came first. */
async function awaitOther<Subject>(
  { look, check, onRefused, clock = systemClock }: Rounds<Subject>,
  subject: Subject,
  signal: AbortSignal,
): Promise<Subject | null> {
  let refused = '';
  for (;;) {
    await clock.sleep(intervalMs, signal);
    if (signal.aborted) return null;
    try {
      const next = await look();
      if (JSON.stringify(next) !== JSON.stringify(subject)) {
        await check(next, signal);
        return next;
      }
      refused = '';
    } catch (error) {
      if (!signal.aborted && String(error) !== refused) onRefused(error);
      refused = String(error);
    }
  }
}
