/**
 * How a column travels: `option` as value and label, `lookup` as id and table, `decimal` and money with a fixed scale
 * of 10 (as a canonical string in code), `timestamp` and `date` as ISO strings in code.
 */
export type FieldType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'timestamp'
  | 'date'
  | 'option'
  | 'options'
  | 'lookup';

export type FieldDefinition = { readonly name: string; readonly type: FieldType; readonly doc?: string };

/** A table of Dynamics as it is read: entity set, primary key and the selected columns. */
export type TableDefinition = {
  readonly table: string;
  readonly entitySet: string;
  readonly primaryKey: string;
  readonly fields: readonly FieldDefinition[];
  /** False for a table that does not say when and by whom a row was changed, such as an intersect table. */
  readonly hasModified?: boolean;
};
