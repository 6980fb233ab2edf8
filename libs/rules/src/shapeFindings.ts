import { KindGuard, type TObject, type TSchema, type TUnion } from '@sinclair/typebox';
import { Value, ValueErrorType, type ValueError } from '@sinclair/typebox/value';
import { definitions } from './expressionSchema.ts';
import { nearestName } from './nearestName.ts';
import type { Finding, RulePath } from './ruleFault.ts';

/** Keys and values that the schema does not have, each once. */
export function shapeFindings(schema: TSchema, value: unknown, path: RulePath = []): Finding[] {
  const findings = [...Value.Errors(schema, [...definitions], value)].flatMap((error) =>
    findingsOf(error, path),
  );
  const places = findings.map(placeOf);

  return findings.filter((finding, index) => places.indexOf(placeOf(finding)) === index);
}

const placeOf = ({ path, isKey }: Finding): string => JSON.stringify([path, isKey === true]);

function findingsOf(error: ValueError, base: RulePath): Finding[] {
  const path = [...base, ...keysOf(error.path)];
  if (error.type === ValueErrorType.ObjectAdditionalProperties) return [unknownKey(error, path)];
  if (error.type === ValueErrorType.ObjectRequiredProperty)
    return [{ code: 'VALUE_INVALID', path: path.slice(0, -1), sentence: `${path.at(-1) ?? ''} is missing.` }];
  // What is missing is not told a second time, as a wrong value.
  if (error.value === undefined) return [];
  if (KindGuard.IsUnion(error.schema)) return ofUnion(error, path);

  return [{ code: 'VALUE_INVALID', path, sentence: sentenceOf(path, error.schema) }];
}

/** A value that is a map is meant to be the variant that has one of its keys, or the first that is a map. */
function ofUnion({ schema, value }: ValueError, path: RulePath): Finding[] {
  const variants = KindGuard.IsUnion(schema) ? schema.anyOf : [];
  const map = typeof value === 'object' && value !== null ? mapFor(variants, value) : undefined;
  if (map) return shapeFindings(map, value, path);
  const nearest = typeof value === 'string' ? nearestName(value, literalsOf(schema)) : undefined;

  return [{ code: 'VALUE_INVALID', path, sentence: sentenceOf(path, schema), nearest }];
}

function mapFor(variants: readonly TSchema[], value: object): TObject | undefined {
  const maps = variants.map(named).filter((variant) => KindGuard.IsObject(variant));

  return maps.find(({ properties }) => Object.keys(value).some((key) => key in properties)) ?? maps[0];
}

/** What a reference stands for; any other schema is itself. */
const named = (schema: TSchema): TSchema =>
  definitions.find(({ $id }) => KindGuard.IsRef(schema) && $id === schema.$ref) ?? schema;

function unknownKey({ schema }: ValueError, path: RulePath): Finding {
  const key = path.at(-1) ?? '';
  const { properties = {}, patternProperties = {} } = schema as Partial<Record<string, object>>;
  const known = Object.keys(properties);
  const names = [...known, ...Object.keys(patternProperties).map((pattern) => `a name like ${pattern}`)];
  const words = names.length > 0 ? `; ${listOf(names)} may stand here` : '';

  return {
    ...{ code: 'KEY_UNKNOWN', path, isKey: true, nearest: nearestName(key, known) },
    sentence: `${key} is unknown${words}.`,
  };
}

const sentenceOf = (path: RulePath, schema: TSchema): string =>
  `${path.at(-1) ?? 'The file'} must be ${wordsFor(schema)}.`;

function wordsFor(schema: TSchema): string {
  if (KindGuard.IsUnion(schema)) return wordsForUnion(schema);
  if (KindGuard.IsBoolean(schema)) return 'true or false';
  if (KindGuard.IsNumber(schema)) return 'a number';
  if (KindGuard.IsArray(schema)) return 'a list';
  if (KindGuard.IsInteger(schema)) return 'a whole number';
  if (KindGuard.IsString(schema)) return schema.pattern ? `a name like ${schema.pattern}` : 'a text';

  return 'a map';
}

function wordsForUnion(schema: TUnion): string {
  const others = schema.anyOf.filter(
    (variant) => !KindGuard.IsLiteral(variant) && !KindGuard.IsUnion(variant),
  );
  const literals = literalsOf(schema);
  const named = literals.length > 1 ? `one of ${literals.join(', ')}` : literals.join('');

  return [named, ...others.map(wordsFor)].filter((words) => words !== '').join(' or ');
}

function literalsOf(schema: TSchema): readonly string[] {
  if (KindGuard.IsLiteral(schema)) return [String(schema.const)];
  if (!KindGuard.IsUnion(schema)) return [];

  return schema.anyOf.flatMap(literalsOf);
}

const listOf = (names: readonly string[]): string => names.join(', ');

const keysOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
