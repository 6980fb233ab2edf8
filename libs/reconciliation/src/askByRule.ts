import { isoTime, type MarketerRequest } from '@lockstep/change-events';
import { activeRow, type Draft, type DraftRecord, type DraftRow } from './decision.ts';
import { facetsOf, holds, type Known, turnsAtMs } from './expression.ts';
import { goldenFacets } from './severalOptions.ts';
import { absorbRequest, knowsRequest } from './openRequests.ts';
import type { CreationRule } from './policy.ts';

/**
 * Asks for a row of a person that the rule holds for, once: a person that ever had a row, or for which this was asked before,
 * is left to marketers. Not before both sides are read, because its row may be there.
 */
export function askByRule(draft: Draft): void {
  const { record, context } = draft;
  const wanted = wantedByRule(draft);
  if (!wanted || !context.firstReadsComplete || (record.requests ?? []).length > 0) return;
  absorbRequest(draft, requestFor(draft, wanted));
}

/** Somebody that the rule holds for is looked at again when both sides are read. */
export function awaitFirstReads(draft: Draft): void {
  const { record, context } = draft;
  if (context.firstReadsComplete || record.waiting || !wantedByRule(draft)) return;
  record.waiting = { cause: 'first-reads', code: null, dueAtMs: Number.MAX_SAFE_INTEGER };
}

type Wanted = { readonly rule: CreationRule; readonly person: DraftRow };

function wantedByRule(draft: Draft): Wanted | null {
  const { record, context } = draft;
  const { createInDynamics: rule } = context.policy;
  const person = personOf(record);
  if (!rule || !person) return null;
  const known = knownOf(draft);
  const turnsMs = turnsAtMs(rule.when, known);
  if (turnsMs === null) delete person.turnsAtMs;
  else person.turnsAtMs = turnsMs;

  return holds(rule.when, known) === true ? { rule, person } : null;
}

/** The person of a record that never had a row in Dynamics and for which none was asked by rule. */
function personOf(record: DraftRecord): DraftRow | null {
  const person = activeRow(record, 'marketo');
  if (record.entity || record.aliasOf || !person || person.deletedAt) return null;
  const isMet = record.rows.some(({ system }) => system === 'dynamics');

  return isMet || knowsRequest(record, idOf(record)) ? null : person;
}

/** A field that nobody has shown yet is unknown. */
const knownOf = ({ record: { fields }, context: { mapping, nowMs } }: Draft): Known => ({
  facetsOf: (name) => {
    const field = fields[name];
    const row = mapping.find((other) => other.field === name);

    return field && (row ? goldenFacets(row, field.value) : facetsOf(field.value));
  },
  nowMs,
});

const idOf = ({ goldenId }: DraftRecord): string => `rule/${goldenId}`;

function requestFor({ record, context }: Draft, { rule, person }: Wanted): MarketerRequest {
  const at = isoTime(context.nowMs);

  return {
    ...{ requestId: idOf(record), personId: person.id, kind: 'SYNC_PERSON', state: 'QUEUED', door: 'RULE' },
    arguments: { as: rule.as, ...(rule.owner === undefined ? {} : { owner: rule.owner }) },
    ...{ askedAt: at, at, code: null, detail: null },
  };
}
