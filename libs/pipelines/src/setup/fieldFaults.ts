import { personFields, type FieldDefinition, type FieldType } from '@lockstep/change-events';
import type { MarketoField, MarketoFieldType } from '@lockstep/ports';
import { defaultMapping } from '@lockstep/reconciliation';
import type { SetupFault } from './setupFault.ts';

/** Golden ids and row ids are GUIDs, the types are `Lead` and `Contact`. */
const lengthsNeeded: Readonly<Record<string, number>> = { lockstepId: 36, crmId: 36, crmType: 7 };

/** Without the key each creation could be a second person; without the type a contact would be judged as a lead. */
const graveFields = ['lockstepId', 'crmType'];

/** Types whose values are read as one of ours; those that are absent are read from every type. */
const readableAs: Partial<Readonly<Record<FieldType, readonly MarketoFieldType[]>>> = {
  boolean: ['boolean'],
  number: ['integer', 'number'],
  timestamp: ['timestamp', 'date'],
  // A time is of another day elsewhere.
  date: ['date'],
};

const written = new Set(
  defaultMapping.filter(({ direction }) => direction !== 'to-dynamics').map(({ marketo }) => marketo),
);

/** What is wrong with the fields that the service reads and writes. */
export function fieldFaults(
  described: readonly MarketoField[],
  fields: readonly FieldDefinition[],
): SetupFault[] {
  const byName = new Map(described.map((field) => [field.name, field]));

  return fields.flatMap((wanted) => {
    const { name } = wanted;
    const fault = faultOf(wanted, byName.get(name));

    return fault ? [{ check: `field/${name}`, ...fault, isGrave: graveFields.includes(name) }] : [];
  });
}

/** Fields that Marketo does not have, or holds as another type: asking for them would fail every read. */
export function unreadableFields(
  described: readonly MarketoField[],
  fields: readonly FieldDefinition[],
): ReadonlySet<string> {
  const byName = new Map(described.map((field) => [field.name, field]));
  const unreadable = fields.filter((wanted) => !isReadable(wanted, byName.get(wanted.name)));

  return new Set(unreadable.map(({ name }) => name));
}

/** Every field that is read, and the one that is only followed in the feed. */
export function wantedFields(
  feedField?: string,
  fields: readonly FieldDefinition[] = personFields,
): readonly FieldDefinition[] {
  return feedField === undefined ? fields : [...fields, { name: feedField, type: 'string' }];
}

function faultOf(
  wanted: FieldDefinition,
  field: MarketoField | undefined,
): Pick<SetupFault, 'code' | 'found'> | null {
  const code = 'MARKETO_FIELD_UNFIT';
  const lengthNeeded = lengthsNeeded[wanted.name] ?? 0;
  if (!field) return { code: 'MARKETO_FIELD_UNKNOWN', found: 'missing' };
  if (!isReadable(wanted, field)) return { code, found: `type ${field.type} for ${wanted.type}` };
  if (written.has(wanted.name) && !field.isWritable) return { code, found: 'read-only' };
  if ((field.lengthMax ?? Infinity) < lengthNeeded)
    return { code, found: `length ${field.lengthMax} for ${lengthNeeded}` };

  return null;
}

function isReadable({ type }: FieldDefinition, field: MarketoField | undefined): boolean {
  return field !== undefined && (readableAs[type]?.includes(field.type) ?? true);
}
