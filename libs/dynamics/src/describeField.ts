import type { FieldDefinition, FieldType } from '@lockstep/change-events';
import { labelOf, type AttributeMetadata, type Json } from './entityMetadata.ts';

type TypeRule = {
  readonly field: FieldType;
  /** The type in metadata that holds its own properties; null when the common ones say all. */
  readonly cast: string | null;
  readonly query: string;
};

const rule = (field: FieldType, cast: string | null = null, query = ''): TypeRule => ({ field, cast, query });
const withOptions = '$select=LogicalName&$expand=OptionSet,GlobalOptionSet';

/** How Dataverse's types travel (dataverse facts 2.2). Types that are not here do not: images, files, party lists. */
const typeRules: Readonly<Record<string, TypeRule>> = {
  String: rule('string', 'String', '$select=LogicalName,MaxLength'),
  Memo: rule('string', 'Memo', '$select=LogicalName,MaxLength'),
  EntityName: rule('string'),
  Uniqueidentifier: rule('string'),
  Integer: rule('integer', 'Integer', '$select=LogicalName,MinValue,MaxValue'),
  BigInt: rule('integer'),
  Decimal: rule('decimal', 'Decimal', '$select=LogicalName,Precision'),
  Money: rule('decimal', 'Money', '$select=LogicalName,Precision,PrecisionSource'),
  Double: rule('number'),
  Boolean: rule('boolean', 'Boolean', withOptions),
  Picklist: rule('option', 'Picklist', withOptions),
  State: rule('option', 'State', withOptions),
  Status: rule('option', 'Status', withOptions),
  MultiSelectPicklist: rule('options', 'MultiSelectPicklist', withOptions),
  DateTime: rule('timestamp', 'DateTime', '$select=LogicalName,DateTimeBehavior'),
  Lookup: rule('lookup', 'Lookup', '$select=LogicalName,Targets'),
  Customer: rule('lookup', 'Lookup', '$select=LogicalName,Targets'),
  Owner: rule('lookup', 'Lookup', '$select=LogicalName,Targets'),
};

export function canTravel({ type }: AttributeMetadata): boolean {
  return Object.hasOwn(typeRules, type);
}

/** The typed queries that the columns need, each once: type in metadata to query. */
export function castsOf(attributes: readonly AttributeMetadata[]): ReadonlyMap<string, string> {
  const rules = attributes.flatMap(({ type }) => typeRules[type] ?? []);

  return new Map(rules.flatMap(({ cast, query }) => (cast === null ? [] : [[cast, query] as const])));
}

/** `typed` holds the answers to `castsOf`. Only for columns that can travel. */
export function describeField(
  attribute: AttributeMetadata,
  typed: ReadonlyMap<string, ReadonlyMap<string, Json>>,
): FieldDefinition {
  const { field, cast } = typeRules[attribute.type] ?? rule('string');
  const details = typed.get(cast ?? '')?.get(attribute.name) ?? {};
  const type = field === 'timestamp' && behaviourOf(details) === 'DateOnly' ? 'date' : field;
  const detail = detailOf(attribute.type, details);
  const sentences = [attribute.displayName, detail === '' ? attribute.type : `${attribute.type}: ${detail}`];

  return { name: attribute.name, type, doc: cut(sentences.filter((part) => part !== null).join('. ')) };
}

const docCharactersMax = 1000;
const optionsShownMax = 30;

function cut(doc: string): string {
  return doc.length <= docCharactersMax ? doc : `${doc.slice(0, docCharactersMax - 1)}…`;
}

function detailOf(type: string, details: Json): string {
  const { MaxLength: length, Precision: precision, Targets: targets } = details;
  const { MinValue: least, MaxValue: greatest } = details;
  const { OptionSet: ownSet, GlobalOptionSet: globalSet } = details;
  if (typeof length === 'number') return `up to ${length} characters`;
  if (typeof precision === 'number') return `${precisionOf(details, precision)}`;
  if (typeof least === 'number' && typeof greatest === 'number') return `${least} to ${greatest}`;
  if (Array.isArray(targets)) return `to ${targets.slice(0, optionsShownMax).join(', ')}`;
  if (type === 'DateTime') return behaviourOf(details);

  return optionsOf(ownSet ?? globalSet);
}

/** What `PrecisionSource` 1 and 2 defer to is not the column's to say (dataverse facts 2.2). */
function precisionOf({ PrecisionSource: source }: Json, precision: number): string {
  if (source === 1) return 'decimals of the organisation’s pricing';
  if (source === 2) return 'decimals of the currency';

  return `${precision} decimals`;
}

function behaviourOf({ DateTimeBehavior: behaviour }: Json): string {
  return String((behaviour as Json | undefined)?.['Value'] ?? 'UserLocal');
}

function optionsOf(set: unknown): string {
  const { Options: options, TrueOption: yes, FalseOption: no } = (set ?? {}) as Json;
  const all = (Array.isArray(options) ? options : [no, yes].filter(Boolean)) as readonly Json[];
  const shown = all
    .slice(0, optionsShownMax)
    .map(({ Value: value, Label: label }) => `${String(value)} ${labelOf(label) ?? ''}`.trim());
  const more = all.length > shown.length ? [`and ${all.length - shown.length} more`] : [];

  return [...shown, ...more].join(', ');
}
