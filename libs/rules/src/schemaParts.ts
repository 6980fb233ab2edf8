import { Type } from '@sinclair/typebox';

/** One of some words. */
export const choice = <const Name extends string>(names: readonly Name[], description: string) =>
  Type.Union(
    names.map((name) => Type.Literal(name)),
    { description },
  ) as ReturnType<typeof Type.Unsafe<Name>>;

/** Logical name of a column in Dynamics. */
export const columnName = (description: string) =>
  Type.String({ description, pattern: '^[a-z][a-z0-9_]{0,99}$' });

/** REST name of a field in Marketo. */
export const marketoName = (description: string) =>
  Type.String({ description, pattern: '^[A-Za-z][A-Za-z0-9_]{0,254}$' });

export const goldenTypes = choice(
  ['string', 'boolean', 'integer', 'decimal', 'timestamp', 'date', 'option', 'options'],
  'How the value is held; of a new field `string` unless it is said.',
);

export const labelTable = Type.Record(
  Type.String({ pattern: '^-?[0-9]{1,10}$' }),
  Type.String({ minLength: 1 }),
  { additionalProperties: false, description: 'Labels in Marketo by the number of the option in Dynamics.' },
);

/** A value that is the same for all. */
export const constantValue = (description: string) =>
  Type.Union([Type.String(), Type.Number(), Type.Boolean()], { description });
