import { setTimeout as sleep } from 'node:timers/promises';
import { topics, type Conflict, type GoldenEvent } from '@lockstep/change-events';
import type { Dispute } from './scenario.ts';
import type { TopicMessage } from './topicReader.ts';

const pollIntervalMs = 100;
const attemptsMax = 100;
const systemNames = { dynamics: 'Dynamics', marketo: 'Marketo' } as const;

/** Every decision about people that is on the topic. */
export function goldenEventsOf(messages: readonly TopicMessage[]): readonly GoldenEvent[] {
  const golden = messages.filter(
    ({ topic, value }) => topic === topics.goldenChanges('person') && value !== null,
  );
  return golden.map(({ value }) => value as GoldenEvent);
}

/** The recorded conflict of a dispute: the same row and the same two values. */
export function findConflict(messages: readonly TopicMessage[], dispute: Dispute): Conflict | undefined {
  const { person, dynamicsValue, marketoValue, winner } = dispute;
  const [won, lost] = winner === 'dynamics' ? [dynamicsValue, marketoValue] : [marketoValue, dynamicsValue];
  return goldenEventsOf(messages)
    .filter(({ rows }) => rows.some(({ system, id }) => system === 'dynamics' && id === person.id))
    .flatMap(({ conflicts }) => conflicts)
    .find(({ winnerValue, loserValue }) => winnerValue === won && loserValue === lost);
}

/** Waits for the conflict on golden.person.changes and tells it in words. Resolves false when it does not come. */
export async function explainDispute(
  messages: readonly TopicMessage[],
  dispute: Dispute,
  { print, signal }: { print: (line: string) => void; signal: AbortSignal },
): Promise<boolean> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const conflict = findConflict(messages, dispute);
    if (conflict !== undefined) {
      for (const line of tell(dispute, conflict)) print(`     ${line}`);
      return true;
    }
    await sleep(pollIntervalMs, undefined, { signal });
  }
  print('     no conflict was recorded on golden.person.changes');
  return false;
}

function tell(dispute: Dispute, { winner, rule, field, winnerValue, loserValue }: Conflict): string[] {
  const loser = winner === 'dynamics' ? 'marketo' : 'dynamics';
  return [
    `conflict on ${field}, from golden.person.changes:`,
    `  Dynamics wanted "${dispute.dynamicsValue}", Marketo wanted "${dispute.marketoValue}"`,
    `  rule ${rule}: ${systemNames[winner]} wins with "${String(winnerValue)}"`,
    `  ${systemNames[loser]} loses; "${String(loserValue)}" is kept in the record’s history`,
  ];
}
