import { badRequest, errorCodes, type DataverseError } from '../core/dataverseError.ts';
import type { Json } from './metadataNode.ts';

/** Which items of one kind are wanted, and which of their members. */
export interface QueryPart {
  readonly matches: (json: Json) => boolean;
  /** Null for every member. */
  readonly names: ReadonlySet<string> | null;
}

/** A query of metadata: tables, and of them columns, relationships and keys; undefined parts were not asked for. */
export interface MetadataQuery extends QueryPart {
  readonly attributes: QueryPart;
  readonly relationships: QueryPart;
  readonly keys: QueryPart;
}

type Members = Readonly<Record<string, unknown>>;

const depthMax = 20;
const everything: QueryPart = { matches: () => true, names: null };

function refuse(reason: string): DataverseError {
  return badRequest(errorCodes.invalidArgument, `The query of metadata cannot be read: ${reason}`);
}

function membersOf(value: unknown, name: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(`'${name}' is not an object.`);
  return value as Members;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refuse(`'${name}' is not a list.`);
  return value;
}

/** A value comes with its type: `{ Type: 'System.String', Value: 'lead' }`. */
function valueOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'Value' in value ? value.Value : value;
}

/** A list may be a text, as the service's own clients send it: `['lead','contact']`. */
function listedTexts(value: unknown): ReadonlySet<string> {
  if (Array.isArray(value)) return new Set(value.map(String));
  return new Set(
    [...String(value).matchAll(/'([^']*)'|"([^"]*)"|(-?\d+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? ''),
  );
}

/** Members with a value inside are compared by that: `AttributeTypeName`, managed properties. */
function comparable(json: Json, name: string): unknown {
  if (!(name in json)) throw refuse(`there is no property '${name}'.`);
  const member = json[name];
  return typeof member === 'object' && member !== null && 'Value' in member ? member.Value : member;
}

const operators = ['Equals', 'NotEquals', 'In', 'NotIn', 'GreaterThan', 'LessThan'] as const;

const comparisons: Readonly<Record<(typeof operators)[number], (left: unknown, right: unknown) => boolean>> =
  {
    Equals: (left, right) => String(left) === String(right),
    NotEquals: (left, right) => String(left) !== String(right),
    In: (left, right) => listedTexts(right).has(String(left)),
    NotIn: (left, right) => !listedTexts(right).has(String(left)),
    GreaterThan: (left, right) => Number(left) > Number(right),
    LessThan: (left, right) => Number(left) < Number(right),
  };

function readCondition(source: unknown): QueryPart['matches'] {
  const { PropertyName: name, ConditionOperator: asked, Value: value } = membersOf(source, 'Conditions');
  const operator = operators.find((each, index) => each === asked || index === asked);
  if (typeof name !== 'string' || !operator) throw refuse('a condition lacks its property or operator.');
  const wanted = valueOf(value);
  return (json) => comparisons[operator](comparable(json, name), wanted);
}

function readCriteria(source: unknown, depth: number): QueryPart['matches'] {
  if (source === undefined || source === null) return everything.matches;
  if (depth > depthMax) throw refuse('it is nested too deeply.');
  const {
    FilterOperator: operator,
    Conditions: conditions,
    Filters: filters,
  } = membersOf(source, 'Criteria');
  const tests = [
    ...listOf(conditions, 'Conditions').map(readCondition),
    ...listOf(filters, 'Filters').map((each) => readCriteria(each, depth + 1)),
  ];
  if (operator === 'Or' || operator === 1)
    return (json) => tests.length === 0 || tests.some((test) => test(json));
  return (json) => tests.every((test) => test(json));
}

function readNames(source: unknown): QueryPart['names'] {
  if (source === undefined || source === null) return new Set();
  const { AllProperties: all, PropertyNames: names } = membersOf(source, 'Properties');
  return all === true ? null : new Set(listOf(names, 'PropertyNames').map(String));
}

function readPart(source: unknown, name: string): QueryPart {
  if (source === undefined || source === null) return everything;
  const { Criteria: criteria, Properties: properties } = membersOf(source, name);
  return { matches: readCriteria(criteria, 0), names: readNames(properties) };
}

/** Reads an `EntityQueryExpression`. Throws 400 when it is none; without one everything is wanted. */
export function readMetadataQuery(source: unknown): MetadataQuery {
  const query = source === undefined ? {} : membersOf(source, 'Query');
  return {
    ...readPart(source, 'Query'),
    attributes: readPart(query['AttributeQuery'], 'AttributeQuery'),
    relationships: readPart(query['RelationshipQuery'], 'RelationshipQuery'),
    keys: readPart(query['KeyQuery'], 'KeyQuery'),
  };
}
