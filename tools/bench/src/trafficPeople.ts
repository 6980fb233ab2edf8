import type { ChangeEvent, EvidenceRow, FieldValue, InboxMessage, Scalar } from '@lockstep/change-events';
import { defaultMapping, optionSets, project, type MappingRow } from '@lockstep/reconciliation';

const fieldsMax = 30;

/** Thirty fields that a lead has. */
export const trafficMapping: readonly MappingRow[] = defaultMapping
  .filter(({ columns, parents }) => columns['lead'] !== undefined && !parents)
  .slice(0, fieldsMax);

/** Texts that both sides may change; the column of the topic has another, one-way field beside it. */
export const textFields = trafficMapping.filter(
  ({ field, type, direction }) =>
    type === 'string' && direction === 'both' && !['email', 'topic'].includes(field),
);

/** One person as each side holds it, and the version of its row. */
export type TrafficPerson = {
  readonly goldenId: string;
  readonly leadId: string;
  readonly personId: string;
  version: number;
  readonly lead: Record<string, FieldValue>;
  readonly marketo: Record<string, Scalar>;
};

const times = { changedAt: '2026-11-22T10:00:00Z', observedAt: '2026-11-22T10:00:01Z', changedBy: null };

const id = (kind: string, number: number): string =>
  `${kind}-0000-4000-8000-${String(number).padStart(12, '0')}`;

export function makePerson(number: number): TrafficPerson {
  const lead: Record<string, FieldValue> = {};
  const marketo: Record<string, Scalar> = {};
  for (const mapping of trafficMapping) {
    const [value, golden] = valueOf(mapping, number);
    lead[mapping.columns['lead'] ?? ''] = value;
    marketo[mapping.marketo] = project('marketo', mapping, golden) as Scalar;
  }
  return {
    ...{ goldenId: id('00000001', number), leadId: id('00000002', number), personId: String(1_000 + number) },
    ...{ version: 1, lead, marketo },
  };
}

/** As the row shows it, and what that means. */
function valueOf({ field, type, optionSet }: MappingRow, number: number): readonly [FieldValue, Scalar] {
  switch (type) {
    case 'boolean':
      return [false, false];
    case 'integer':
      return [number, number];
    case 'decimal':
      return [`${number}.25`, `${number}.25`];
    case 'timestamp':
      return ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05Z'];
    case 'date':
      return ['2026-01-02', '2026-01-02'];
    case 'option':
    case 'options':
      return firstOption(optionSet);
    case 'string':
      return [`${field} ${number}`, `${field} ${number}`];
  }
}

function firstOption(optionSet: MappingRow['optionSet'] = 'statecode'): readonly [FieldValue, Scalar] {
  const [label = '', value = 0] = Object.entries(optionSets[optionSet])[0] ?? [];
  return [{ value, label }, label];
}

/** The row as the extractor shows it. */
export function leadMessage(person: TrafficPerson): InboxMessage {
  return {
    kind: 'event',
    goldenId: person.goldenId,
    system: 'dynamics',
    table: 'lead',
    event: leadEvent(person),
    written: null,
  };
}

export function leadEvent({ leadId, version, lead }: TrafficPerson): ChangeEvent {
  const at = { epoch: 1, number: version };
  return {
    ...{
      eventId: `dynamics/lead/${leadId}/1.${version}`,
      operation: 'UPSERT',
      recordId: leadId,
      lane: 'LIVE',
    },
    ...{ version: at, page: at, ...times, fields: { ...lead }, mergedInto: null, evidence: null },
  };
}

/** The row after somebody gave these fields a value. */
export function editLead(person: TrafficPerson, fields: readonly MappingRow[], value: string): InboxMessage {
  for (const { columns } of fields) person.lead[columns['lead'] ?? ''] = value;
  person.version += 1;
  return leadMessage(person);
}

type PersonEdit = { readonly value: string; readonly call: number };

/** The person after somebody gave these fields a value, as the feed and a read after it show it. */
export function editPerson(
  person: TrafficPerson,
  fields: readonly MappingRow[],
  edit: PersonEdit,
): InboxMessage {
  const rows = fields.map(({ marketo }, nth) => feedRow(person, marketo, { ...edit, nth }));
  for (const { marketo } of fields) person.marketo[marketo] = edit.value;
  const { personId, goldenId } = person;
  const event: ChangeEvent = {
    ...{ eventId: `marketo/${personId}/${edit.call}`, operation: 'UPSERT', recordId: personId, lane: 'LIVE' },
    ...{ version: null, page: { epoch: 1, number: edit.call + 1 }, ...times },
    ...{ fields: { ...person.marketo }, mergedInto: null },
    evidence: { feedNumber: { epoch: 1, number: edit.call }, rows },
  };
  return { kind: 'event', goldenId, system: 'marketo', table: 'lead', event, written: null };
}

/** What the feed tells of one field. */
function feedRow(
  { marketo }: TrafficPerson,
  field: string,
  { value, call, nth }: PersonEdit & { nth: number },
): EvidenceRow {
  const activityId = call * 10 + nth;
  const before = marketo[field] ?? null;
  return {
    ...{ activityId, marketoGUID: `activity-${activityId}`, activityType: 13, activityDate: times.changedAt },
    ...{ field, oldValue: before === null ? null : String(before), newValue: value, source: null },
  };
}
