import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { openApiPatches, type Definitions } from './openApiPatches.ts';

/** Where Adobe's document is, which is no part of this repository; undefined when nobody says so (README, Acceptance list). */
export const openApiFile = process.env['MARKETO_OPENAPI_FILE'];

interface Parameter {
  readonly name: string;
  readonly in: 'query' | 'path' | 'body' | 'formData';
  readonly required?: boolean;
  readonly schema?: object;
}

interface DocumentOperation {
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly schema?: object }>>;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly definitions: Definitions;
}

/** One call with its answer, both as they went over the wire. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  /** Undefined when only the call is looked at. */
  readonly answer: unknown;
}

export interface OpenApi {
  /**
   * What of a call and its answer the document does not allow, of a call that was refused only of the answer; null when it
   * does not know the operation.
   */
  faultsOf(exchange: Exchange): readonly string[] | null;
  /** The permissions any of which an operation asks for, `None` among them; null when the document does not tell or know. */
  permissionsOf(method: string, path: string): readonly string[] | null;
}

/** Reads Adobe's Swagger 2.0 document of the Marketo REST API. */
export function readOpenApi(file: string): OpenApi {
  return openApiOf(JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument);
}

/** Judges by a document, which is patched, see `openApiPatches`. */
export function openApiOf(document: OpenApiDocument): OpenApi {
  for (const { apply } of openApiPatches) apply(document.definitions);
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'marketo');
  const validators = new Map<object, ValidateFunction>();
  const faultsAgainst = (schema: object, value: unknown, what: string): string[] => {
    const validate = validators.get(schema) ?? ajv.compile(within(schema));
    validators.set(schema, validate);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message }) => `${what}${instancePath} ${message ?? ''}`,
    );
  };

  const requestFaults = (parameters: readonly Parameter[], { url, body }: Exchange): string[] => {
    const schema = parameters.find((parameter) => parameter.in === 'body')?.schema;
    const ofBody = schema === undefined || body === undefined ? [] : faultsAgainst(schema, body, 'request');
    return [...queryFaults(parameters, url.searchParams), ...ofBody];
  };
  const answerFaults = (schema: object | undefined, answer: unknown): string[] =>
    schema === undefined || answer === undefined ? [] : faultsAgainst(schema, answer, 'answer');

  return {
    faultsOf(exchange) {
      const operation = findOperation(document, exchange.method, exchange.url.pathname);
      if (operation === undefined) return null;
      const { parameters = [], responses } = operation;
      const isRefused = (exchange.answer as { readonly success?: unknown } | undefined)?.success === false;
      return [
        ...(isRefused ? [] : requestFaults(parameters, exchange)),
        ...answerFaults(responses['200']?.schema, exchange.answer),
      ];
    },
    permissionsOf(method, path) {
      const description = findOperation(document, method, path)?.description ?? '';
      return /Required Permissions?: ([^<]*)/.exec(description)?.[1]?.trim().split(', ') ?? null;
    },
  };
}

/** References of the document's parts, as seen from outside of it. */
function within(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"marketo#/')) as object;
}

/** Literal paths before templates. */
function findOperation(
  document: OpenApiDocument,
  method: string,
  path: string,
): DocumentOperation | undefined {
  const pattern = (template: string): RegExp =>
    new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
  const [found] = Object.keys(document.paths)
    .filter((template) => pattern(template).test(path))
    .sort((left, right) => left.split('{').length - right.split('{').length);
  return found === undefined ? undefined : document.paths[found]?.[method.toLowerCase()];
}

function queryFaults(parameters: readonly Parameter[], query: URLSearchParams): string[] {
  const known = parameters.filter((parameter) => parameter.in === 'query');
  const names = new Set(known.map(({ name }) => name));
  const missing = known.filter(({ name, required }) => required === true && !query.has(name));
  return [
    ...missing.map(({ name }) => `request lacks the parameter ${name}`),
    ...[...query.keys()]
      .filter((name) => !names.has(name))
      .map((name) => `request has the parameter ${name}`),
  ];
}
