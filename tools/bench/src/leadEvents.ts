import {
  tableDefinitions,
  type ChangeEvent,
  type FieldDefinition,
  type FieldValue,
} from '@lockstep/change-events';

/** `count` events of `dynamics.lead.changes` with a value in every field, always the same. */
export function makeLeadEvents(count: number): readonly ChangeEvent[] {
  const fields = tableDefinitions['lead']?.fields ?? [];
  return Array.from({ length: count }, (_, number) => ({
    eventId: `dynamics/lead/${number}`,
    operation: 'UPSERT',
    recordId: `6b29fc40-ca47-4067-b31d-${String(number).padStart(12, '0')}`,
    version: { epoch: 1, number: 1_000_000 + number },
    page: { epoch: 1, number: 7 },
    changedAt: '2026-11-21T10:00:00Z',
    observedAt: '2026-11-21T10:00:01.250Z',
    changedBy: null,
    lane: 'LIVE',
    fields: Object.fromEntries(fields.map((field) => [field.name, valueOf(field, number)])),
    mergedInto: null,
    evidence: null,
  }));
}

function valueOf({ name, type }: FieldDefinition, number: number): FieldValue {
  switch (type) {
    case 'string':
      return `${name} ${number}`;
    case 'boolean':
      return number % 2 === 0;
    case 'integer':
    case 'number':
      return number;
    case 'decimal':
      return `${number}.2500000001`;
    case 'timestamp':
      return '2026-01-02T03:04:05Z';
    case 'date':
      return '2026-01-02';
    case 'options':
      return [{ value: number % 5, label: `Option ${number % 5}` }];
    case 'option':
      return { value: number % 5, label: `Option ${number % 5}` };
    case 'lookup':
      return { id: '6b29fc40-ca47-4067-b31d-00dd010662da', table: 'systemuser' };
  }
}
