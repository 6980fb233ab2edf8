import type { ScalarValues, WriteOperation } from '@lockstep/change-events';
import { activeRow, typeOf, type Draft } from './decision.ts';
import { mayMatch } from './match.ts';

const entityPart = (draft: Draft) => (draft.record.entity ? { entity: typeOf(draft)?.marketo ?? null } : {});

const overtakenMax = 5;

/** Gives a command to Marketo. Replaces one that still waits in the backfill lane: its revision is lower, so it will be answered superseded. */
export function sendCommand(draft: Draft, operation: WriteOperation, fields: ScalarValues): void {
  const { record, context, cause } = draft;
  const { policy, nowMs } = context;
  const person = activeRow(record, 'marketo');
  const commandId = `${record.goldenId}/${record.revision.epoch}.${record.revision.number}/marketo`;
  const command = {
    commandId,
    goldenId: record.goldenId,
    revision: { ...record.revision },
    operation,
    personId: person && !person.deletedAt ? person.id : null,
    email: (record.fields['email']?.value as string | null | undefined) ?? null,
    // Whoever else has its address was found before, or parted from it.
    matchByEmail: mayMatch(draft) && record.parted === undefined,
    fields,
    lane: cause.lane,
    issuedAt: new Date(nowMs).toISOString(),
    ...entityPart(draft),
  };
  const waitMs = cause.lane === 'LIVE' ? policy.marketoOutcomeMs : policy.marketoBackfillOutcomeMs;
  const overtaken = record.outbox.flatMap((other) =>
    other.kind === 'marketo-write' ? [...(other.overtaken ?? []), other.command.fields] : [],
  );
  const entry = { kind: 'marketo-write', entryId: commandId, command, unknown: false, attempts: 0 } as const;
  record.outbox = [
    ...record.outbox.filter((other) => other.kind !== 'marketo-write'),
    {
      ...entry,
      ...(overtaken.length > 0 ? { overtaken: overtaken.slice(-overtakenMax) } : {}),
      dueAtMs: nowMs + waitMs,
    },
  ];
  draft.commands.push(command);
}
