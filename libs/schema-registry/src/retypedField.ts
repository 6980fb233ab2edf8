import type { AvroSchema } from '@lockstep/change-events';

type Node = Readonly<Record<string, unknown>>;
type Field = { readonly name: string; readonly type: AvroSchema; readonly default?: unknown };
/** Types of the fields of each record, by the names of record and field. */
type Fields = ReadonlyMap<string, string>;

/** The first field that has another type in the schema than in one of the versions; null when each that is in both agrees. */
export function retypedField(schema: AvroSchema, versions: readonly AvroSchema[]): string | null {
  const wanted = fieldsOf(schema);
  for (const former of versions.map(fieldsOf))
    for (const [place, type] of wanted)
      if ((former.get(place) ?? type) !== type) return place.slice(place.indexOf('.') + 1);

  return null;
}

function fieldsOf(schema: AvroSchema): Fields {
  const found = new Map<string, string>();
  collect(schema, found);

  return found;
}

function collect(schema: AvroSchema, found: Map<string, string>): void {
  if (typeof schema === 'string') return;
  if (isUnion(schema)) return schema.forEach((branch) => collect(branch, found));
  for (const part of ['type', 'items', 'values'] as const)
    if (typeof schema[part] === 'object') collect(schema[part] as AvroSchema, found);
  if (!Array.isArray(schema['fields'])) return;
  for (const { name, type } of schema['fields'] as readonly Field[]) {
    found.set(`${String(schema['name'])}.${name}`, printType(type));
    collect(type, found);
  }
}

/** A record may grow and shrink by fields with a default, so it counts by its name and its other fields; docs never count. */
function printType(type: AvroSchema): string {
  if (typeof type === 'string') return type;
  if (isUnion(type)) return type.map(printType).join('|');
  const { name, doc: _doc, fields, ...parts } = type;
  if (Array.isArray(fields))
    return `${String(name)}(${(fields as readonly Field[]).flatMap(printRequired).join()})`;
  const printed = Object.entries(parts).map(([part, value]) => `${part}:${printType(value as AvroSchema)}`);

  return printed.toSorted().join();
}

const printRequired = ({ name, type, ...rest }: Field): string[] =>
  'default' in rest ? [] : [`${name}:${printType(type)}`];

const isUnion = (schema: Node | readonly AvroSchema[]): schema is readonly AvroSchema[] =>
  Array.isArray(schema);
