import {
  column,
  readOnly,
  type ColumnDefinition,
  type ColumnExtra,
  type ColumnType,
  type OptionDefinition,
  type RequiredLevel,
} from '../core/columnDefinition.ts';
import { badRequest, errorCodes, type DataverseError } from '../core/dataverseError.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { currencyColumns } from '../tables/commonColumns.ts';

/** A parsed body; numbers come as plain numbers. */
export type Body = Readonly<Record<string, unknown>>;

/** The 400 of a metadata body that lacks something. */
export function badBody(reason: string): DataverseError {
  return badRequest(errorCodes.invalidArgument, reason);
}

function record(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {};
}

/** A value that may be wrapped in `{Value}`, as managed properties are. */
function unwrapped(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'Value' in value ? value.Value : value;
}

function numberOf(value: unknown): number | undefined {
  return value === undefined || value === null ? undefined : Number(value);
}

/** The text of a label, undefined when it has none. */
export function labelText(value: unknown): string | undefined {
  const { LocalizedLabels: labels } = record(value);
  const text = Array.isArray(labels) ? record(labels[0])['Label'] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function optionsOf(body: Body): readonly OptionDefinition[] | undefined {
  const { Options: options } = record(body['OptionSet'] ?? body['GlobalOptionSet']);
  if (!Array.isArray(options)) return undefined;
  return options.map((option, index) => ({
    value: numberOf(record(option)['Value']) ?? 100_000_000 + index,
    label: labelText(record(option)['Label']) ?? String(record(option)['Label'] ?? `Option ${index + 1}`),
  }));
}

type Reader = (body: Body) => ColumnExtra;

const ranged: Reader = (body) => ({
  min: Number(body['MinValue'] ?? -1e11),
  max: Number(body['MaxValue'] ?? 1e11),
});

/** Digits after the point, two unless the body says otherwise. Throws 400 beyond what the type has. */
function precisionOf({ Precision: asked = 2 }: Body, digitsMax: number): number {
  const digits = Number(asked);
  if (!Number.isInteger(digits) || digits < 0 || digits > digitsMax)
    throw badBody(`Precision ${String(asked)} is not between 0 and ${digitsMax}.`);
  return digits;
}

/** Lengths and bounds where a body has none are those of the maker's forms. */
const readers: Readonly<Partial<Record<ColumnType, Reader>>> = {
  String: (body) => ({ maxLength: Number(body['MaxLength'] ?? 100) }),
  Memo: (body) => ({ maxLength: Number(body['MaxLength'] ?? 2000) }),
  Integer: (body) => ({
    min: Number(body['MinValue'] ?? -2147483648),
    max: Number(body['MaxValue'] ?? 2147483647),
  }),
  Decimal: (body) => ({ ...ranged(body), precision: precisionOf(body, 10), scale: 10 }),
  Double: (body) => ({ ...ranged(body), precision: precisionOf(body, 5) }),
  Money: (body) => ({
    min: Number(body['MinValue'] ?? -922337203685477),
    max: Number(body['MaxValue'] ?? 922337203685477),
    precision: precisionOf(body, 4),
    scale: 4,
    precisionSource: Number(body['PrecisionSource'] ?? 2),
  }),
  Boolean: (body) => {
    const set = record(body['OptionSet']);
    return {
      labels: {
        no: labelText(record(set['FalseOption'])['Label']) ?? 'No',
        yes: labelText(record(set['TrueOption'])['Label']) ?? 'Yes',
      },
      ...(typeof body['DefaultValue'] === 'boolean' ? { defaultValue: body['DefaultValue'] } : {}),
    };
  },
  Picklist: (body) => {
    const chosen = numberOf(body['DefaultFormValue']);
    return {
      options: optionsOf(body) ?? [],
      ...(chosen === undefined || chosen < 0 ? {} : { defaultValue: chosen }),
    };
  },
  MultiSelectPicklist: (body) => ({ options: optionsOf(body) ?? [] }),
  DateTime: (body) =>
    unwrapped(body['DateTimeBehavior']) === 'TimeZoneIndependent'
      ? { behavior: 'TimeZoneIndependent' }
      : { behavior: 'UserLocal' },
};

const creatable: Readonly<Record<string, ColumnType>> = {
  String: 'String',
  Memo: 'Memo',
  Integer: 'Integer',
  BigInt: 'BigInt',
  Decimal: 'Decimal',
  Double: 'Double',
  Money: 'Money',
  Boolean: 'Boolean',
  Picklist: 'Picklist',
  MultiSelectPicklist: 'MultiSelectPicklist',
  DateTime: 'DateTime',
  UniqueIdentifier: 'Uniqueidentifier',
  Image: 'Image',
  File: 'File',
};

function typeOf(body: Body): ColumnType {
  const asked = /^#?(?:Microsoft\.Dynamics\.CRM\.)?(\w+?)AttributeMetadata$/.exec(
    String(body['@odata.type']),
  )?.[1];
  const type = creatable[asked ?? ''];
  if (!type) throw badBody(`An attribute of type '${String(body['@odata.type'])}' cannot be created.`);
  const isDateOnly = type === 'DateTime' && unwrapped(body['DateTimeBehavior']) === 'DateOnly';
  return isDateOnly ? 'DateOnly' : type;
}

/** A name with a publisher's prefix, which every custom name needs. */
export function schemaNameOf(body: Body): string {
  const name = body['SchemaName'];
  if (typeof name !== 'string' || !/^[a-z][a-z0-9]{1,7}_\w{1,90}$/i.test(name))
    throw badBody(`SchemaName '${String(name)}' is not a name with a publisher's prefix.`);
  return name;
}

function sharedExtra(body: Body): ColumnExtra {
  const required = unwrapped(body['RequiredLevel']);
  const global = record(body['GlobalOptionSet'])['Name'] ?? record(body['OptionSet'])['Name'];
  const isGlobal = record(body['OptionSet'])['IsGlobal'] === true || body['GlobalOptionSet'] !== undefined;
  const label = labelText(body['DisplayName']);
  return {
    isCustom: true,
    isSecured: body['IsSecured'] === true,
    ...(label === undefined ? {} : { label }),
    ...(required === undefined || required === 'SystemRequired'
      ? {}
      : { required: required as RequiredLevel }),
    ...(isGlobal && typeof global === 'string' ? { globalOptionSet: global } : {}),
  };
}

/** The columns that a body of attribute metadata asks for: one, and for money its twin and the currency too. */
export function columnsFromBody(table: TableDefinition, body: Body): readonly ColumnDefinition[] {
  const type = typeOf(body);
  const extra = { ...readers[type]?.(body), ...sharedExtra(body) };
  const made = column(schemaNameOf(body), type, extra);
  if (type === 'MultiSelectPicklist' || type === 'Picklist')
    if (!made.options?.length) throw badBody(`'${made.name}' needs an option set with options.`);
  if (type !== 'Money') return [made];
  const twin = readOnly(column(`${made.schemaName}_Base`, 'Money', { ...extra, isSecured: false }));
  return [made, twin, ...currencyColumns.filter(({ name }) => !table.byName.has(name))];
}
