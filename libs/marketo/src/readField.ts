import type { MarketoField, MarketoFieldType } from '@lockstep/ports';
import { invalid, type JsonObject } from './readValues.ts';

/** Marketo's names of its types (marketo-rest 2.3). */
const types: Readonly<Record<string, MarketoFieldType>> = {
  string: 'string',
  phone: 'string',
  url: 'string',
  text: 'text',
  'text area': 'text',
  textarea: 'text',
  email: 'email',
  integer: 'integer',
  score: 'integer',
  percent: 'integer',
  float: 'number',
  currency: 'number',
  boolean: 'boolean',
  date: 'date',
  datetime: 'timestamp',
};

/** Of a `text`, for which describe names none (marketo-rest 2.3). */
const textBytesMax = 30_000;

/** A row of `fields` in a describe; throws MARKETO_ANSWER_INVALID for one without a name. */
export function readField({ name, dataType, length, updateable }: JsonObject): MarketoField {
  if (typeof name !== 'string') throw invalid('describe');
  const type = types[String(dataType)] ?? 'other';
  const isWritable = updateable === true;
  if (type === 'text') return { name, type, lengthMax: textBytesMax, isWritable };

  return { name, type, lengthMax: typeof length === 'number' ? length : null, isWritable };
}
