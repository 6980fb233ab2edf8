import type { ScalarValues, WriteCommand, WriteOperation } from '@lockstep/change-events';
import { decidedAt } from './decidedAt.ts';
import { activeRow, typeOf, type Draft } from './decision.ts';
import { isMaking, type MarketoWriteEntry } from './outbox.ts';
import { mayMatch } from './match.ts';

const overtakenMax = 5;

/** Of a MERGE: who carries on, and who becomes part of it. */
type Merging = Partial<Pick<WriteCommand, 'personId' | 'loserIds'>>;

/** Gives a command to Marketo. Replaces one that still waits in the backfill lane: its revision is lower, so it will be answered superseded. */
export function sendCommand(
  draft: Draft,
  operation: WriteOperation,
  fields: ScalarValues,
  merging?: Merging,
): void {
  const { record, context, cause } = draft;
  const { policy, nowMs } = context;
  const plain = commandOf(draft, operation, fields);
  const command = merging ? { ...plain, ...merging } : plain;
  const waitMs = cause.lane === 'LIVE' ? policy.marketoOutcomeMs : policy.marketoBackfillOutcomeMs;
  const overtaken = record.outbox.flatMap((other) =>
    other.kind === 'marketo-write' ? [...(other.overtaken ?? []), other.command.fields] : [],
  );
  const entry: MarketoWriteEntry = {
    kind: 'marketo-write',
    entryId: command.commandId,
    command,
    unknown: false,
    attempts: 0,
    dueAtMs: nowMs + waitMs,
  };
  const isOfMade = record.outbox.some(isMaking);
  record.outbox = record.outbox.filter((other) => other.kind !== 'marketo-write');
  record.outbox.push(
    overtaken.length > 0
      ? { ...entry, overtaken: overtaken.slice(-overtakenMax), ...(isOfMade && { makes: true }) }
      : entry,
  );
  draft.commands.push(command);
}

function commandOf(draft: Draft, operation: WriteOperation, fields: ScalarValues): WriteCommand {
  const { record, context, cause } = draft;
  const command: WriteCommand = {
    commandId: `${record.goldenId}/${record.revision.epoch}.${record.revision.number}/marketo`,
    goldenId: record.goldenId,
    revision: { ...record.revision },
    operation,
    personId: livePersonId(draft),
    email: (record.fields['email']?.value as string | null | undefined) ?? null,
    // Whoever else has its address was found before, or parted from it.
    matchByEmail: mayMatch(draft) && record.parted === undefined,
    fields,
    lane: cause.lane,
    issuedAt: decidedAt(context),
  };
  return record.entity ? { ...command, entity: typeOf(draft)?.marketo ?? null } : command;
}

function livePersonId({ record }: Draft): string | null {
  const person = activeRow(record, 'marketo');
  return person && !person.deletedAt ? person.id : null;
}
