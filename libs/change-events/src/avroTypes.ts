import type { FieldDefinition, FieldType } from './fields.ts';

/** An Avro schema as JSON. */
export type AvroSchema = string | { readonly [key: string]: unknown } | readonly AvroSchema[];

export const decimalScale = 10;
export const timestamp: AvroSchema = { type: 'long', logicalType: 'timestamp-millis' };
export const decimal: AvroSchema = {
  type: 'bytes',
  logicalType: 'decimal',
  precision: 38,
  scale: decimalScale,
};

/** A field that may be absent: the union that FULL_TRANSITIVE evolution needs. */
export function nullable(name: string, type: AvroSchema, doc?: string): AvroSchema {
  return { name, type: ['null', type], default: null, ...(doc ? { doc } : {}) };
}

export function record(name: string, fields: readonly AvroSchema[], doc?: string): AvroSchema {
  return { type: 'record', name, fields, ...(doc ? { doc } : {}) };
}

export const arrayOf = (items: AvroSchema): AvroSchema => ({ type: 'array', items });

/** Any value that both sides can hold, by field name. */
export const scalarMap: AvroSchema = { type: 'map', values: ['null', 'boolean', 'double', 'string'] };
export const scalarUnion = ['null', 'boolean', 'double', 'string'] as const;

/** `{name, type: union, default: null}` for one scalar of unknown type. */
export const scalar = (name: string): AvroSchema => ({ name, type: scalarUnion, default: null });

export const sequence = (name: string, doc?: string): AvroSchema =>
  nullable(
    name,
    record(`${name}Sequence`, [
      { name: 'epoch', type: 'long' },
      { name: 'number', type: 'long' },
    ]),
    doc,
  );

const option = (name: string): AvroSchema =>
  record(name, [
    { name: 'value', type: 'int' },
    { name: 'label', type: ['null', 'string'], default: null },
  ]);

function typeOf(type: FieldType, recordName: string): AvroSchema {
  switch (type) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'boolean';
    case 'integer':
      return 'long';
    case 'number':
      return 'double';
    case 'decimal':
      return decimal;
    case 'timestamp':
      return timestamp;
    case 'date':
      return { type: 'int', logicalType: 'date' };
    case 'option':
      return option(recordName);
    case 'options':
      return arrayOf(option(recordName));
    case 'lookup':
      return record(recordName, [
        { name: 'id', type: 'string' },
        { name: 'table', type: ['null', 'string'], default: null },
      ]);
  }
}

/** The typed columns of a table; their names are the columns' own. */
export function fieldsRecord(name: string, fields: readonly FieldDefinition[]): AvroSchema {
  return record(
    name,
    fields.map((field) => nullable(field.name, typeOf(field.type, `${name}_${field.name}`), field.doc)),
  );
}
