import { SyncError } from '@lockstep/change-events';
import { customFieldTypes, type CustomType, type CustomTypeField } from '@lockstep/ports';
import type { SettingShape } from '@lockstep/service-runtime';

const name = '[A-Za-z]\\w{0,49}';

/** One field of MARKETO_CUSTOM_TYPES, and the name of a type. */
export const customTypeShape: SettingShape = {
  pattern: new RegExp(`^${name}(:(${customFieldTypes.join('|')}|link:${name}\\.${name}))?(:key)?$`),
  words: `a name with :${customFieldTypes.join(', :')} or :link:object.field, and :key`,
};

const keyFieldsMax = 3;
/** Marketo takes no more of either (marketo-rest 4). */
const [typesMax, fieldsMax] = [10, 50];

/** The types that MARKETO_CUSTOM_TYPES names. Throws SyncError CONFIG_INVALID. */
export function customTypesOf(
  lists: Readonly<Record<string, readonly string[]>> = {},
): readonly CustomType[] {
  const types = Object.entries(lists).map(([apiName, items]) => ({ apiName, fields: items.map(fieldOf) }));
  const wrong = types.map(faultOf).find((fault) => fault !== null);
  const fault = types.length > typesMax ? `names more than ${typesMax} types.` : wrong;
  if (fault) throw new SyncError('CONFIG_INVALID', { MARKETO_CUSTOM_TYPES: fault });

  return types;
}

function faultOf({ apiName, fields }: CustomType, at: number): string | null {
  const place = `part ${at + 1}`;
  const keys = fields.filter(({ isKey }) => isKey).length;
  if (apiName.includes(':')) return `${place} must begin with the name of a type.`;
  if (fields.length > fieldsMax) return `${place} has more than ${fieldsMax} fields.`;
  if (new Set(fields.map((field) => field.name)).size < fields.length) return `${place} names a field twice.`;

  return keys >= 1 && keys <= keyFieldsMax ? null : `${place} needs one to ${keyFieldsMax} fields with :key.`;
}

function fieldOf(item: string): CustomTypeField {
  const [fieldName = '', ...rest] = item.split(':');
  const isKey = rest.at(-1) === 'key';
  const [kind = 'string', link = ''] = isKey ? rest.slice(0, -1) : rest;
  const [object = '', field = ''] = link.split('.');
  const type = customFieldTypes.find((known) => known === kind) ?? { object, field };

  return { name: fieldName, type, isKey };
}
