import { Type, type Static, type TSchema } from '@sinclair/typebox';

const options = { additionalProperties: false } as const;
const partsMax = 50;
const scalar = Type.Union([Type.String(), Type.Number(), Type.Boolean()], {
  description: 'A text (compared without case), a number, true or false; of an option its number or label.',
});
const scalars = (description: string) =>
  Type.Optional(Type.Array(scalar, { description, minItems: 1, maxItems: partsMax }));
const size = (description: string) =>
  Type.Optional(
    Type.Union([Type.Number(), Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}' })], { description }),
  );
const text = (description: string) => Type.Optional(Type.String({ description, minLength: 1 }));

const tests = {
  is: Type.Optional(scalar),
  isNot: Type.Optional(scalar),
  in: scalars('One of these.'),
  notIn: scalars('None of these.'),
  isEmpty: Type.Optional(Type.Boolean({ description: 'Whether nothing is there, or an empty text.' })),
  startsWith: text('A text begins like this.'),
  endsWith: text('A text ends like this.'),
  contains: text('A text has this in it.'),
  atLeast: size('A number, or a date (2026-11-28), this one or beyond.'),
  atMost: size('A number, or a date (2026-11-28), this one or below.'),
  olderThanDays: Type.Optional(
    Type.Integer({
      description: 'A time that is longer ago than so many days.',
      minimum: 0,
      maximum: 36_500,
    }),
  ),
};

/** Conditions over what `key` names, under a name of their own, because they hold one another. */
function expressionOver<Key extends 'column' | 'field'>(key: Key, pattern: string) {
  const $id = `#/$defs/${key}Expression`;
  const self = Type.Ref($id);
  const parts = (description: string) =>
    Type.Optional(Type.Array(self, { description, minItems: 1, maxItems: partsMax }));
  const named = { [key]: Type.Optional(Type.String({ pattern })) };

  return Type.Object(
    {
      all: parts('Each of these holds.'),
      any: parts('One of these holds.'),
      not: Type.Optional(self),
      ...named,
      ...tests,
    },
    { ...options, $id },
  );
}

type TestRule = Static<ReturnType<typeof Type.Object<typeof tests>>>;

/** `all`, `any`, `not`, or a test of one name: which of these stand together is checked beyond the shape. */
export type ExpressionRule = TestRule & {
  readonly all?: readonly ExpressionRule[];
  readonly any?: readonly ExpressionRule[];
  readonly not?: ExpressionRule;
  readonly column?: string;
  readonly field?: string;
};

/** What schemas of the file refer to by name. */
export const definitions: readonly TSchema[] = [
  expressionOver('column', '^[a-z][a-z0-9_]{0,99}$'),
  expressionOver('field', '^[A-Za-z][A-Za-z0-9_]{0,254}$'),
];

export const expression = (key: 'column' | 'field', description: string) =>
  Type.Unsafe<ExpressionRule>({ ...Type.Ref(`#/$defs/${key}Expression`), description });
