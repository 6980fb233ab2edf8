import { ControlError } from '../controlError.ts';

/** What Marketo keeps of an installed step. */
export interface FlowStepService {
  readonly apiName: string;
  /** Address of the document without its last part; the paths stand below it. */
  readonly baseUrl: string;
  readonly key: { readonly name: string; readonly in: 'header' | 'query'; readonly value: string };
  readonly primaryAttribute: string;
  readonly inputNames: readonly string[];
  readonly resultNames: readonly string[];
  readonly activityTypeId: number;
}

type Json = Readonly<Record<string, unknown>>;

const requiredPaths = ['/submitAsyncAction', '/getServiceDefinition', '/status'];
const schemaVersion = '1.0.0';
const reserved = ['success', 'reason', 'errorCode'];

/** What is wrong with a step's OpenAPI document, by the rules of Adobe's service provider interface. */
export function documentFaults(document: Json): string[] {
  const info = objectOf(document['info']);
  const missing = ['x-providerName', 'x-schemaVersion', 'x-supportContact'].filter(
    (name) => typeof info[name] !== 'string',
  );
  const paths = objectOf(document['paths']);
  return [
    ...missing.map((name) => `info.${name} is missing`),
    ...(info['x-schemaVersion'] === schemaVersion ? [] : [`info.x-schemaVersion is not ${schemaVersion}`]),
    ...requiredPaths.filter((path) => paths[path] === undefined).map((path) => `paths has no ${path}`),
    ...(keySchemeOf(document) ? [] : ['security names no apiKey scheme in a header or the query']),
  ];
}

/** What is wrong with a service definition, by the same rules. */
export function definitionFaults(definition: Json): string[] {
  const [inputs, results] = [inputNamesOf(definition), resultNamesOf(definition)];
  const primary = definition['primaryAttribute'];
  return [
    ...(typeof definition['apiName'] === 'string' ? [] : ['apiName is missing']),
    ...(objectOf(definition['i18n'])['en_US'] === undefined ? ['i18n.en_US is missing'] : []),
    ...(inputs.includes(String(primary)) ? [] : ['primaryAttribute is no flow attribute']),
    ...results.filter((name) => inputs.includes(name)).map((name) => `${name} is both an input and a result`),
    ...results.filter((name) => reserved.includes(name)).map((name) => `${name} is reserved`),
  ];
}

/** Throws ControlError 400 with every fault. */
export function readService(
  given: { readonly url: string; readonly key: string; readonly activityTypeId: number },
  document: Json,
  definition: Json,
): FlowStepService {
  const faults = [...documentFaults(document), ...definitionFaults(definition)];
  const scheme = keySchemeOf(document);
  if (faults.length > 0 || scheme === null) throw new ControlError(400, faults);
  return {
    apiName: String(definition['apiName']),
    baseUrl: baseUrlOf(given.url),
    key: { ...scheme, value: given.key },
    primaryAttribute: String(definition['primaryAttribute']),
    inputNames: inputNamesOf(definition),
    resultNames: resultNamesOf(definition),
    activityTypeId: given.activityTypeId,
  };
}

export function baseUrlOf(documentUrl: string): string {
  return new URL('.', documentUrl).href.replace(/\/$/, '');
}

/** The first scheme of `security` alone is used. */
export function keySchemeOf(document: Json): Pick<FlowStepService['key'], 'name' | 'in'> | null {
  const [first] = Array.isArray(document['security']) ? (document['security'] as unknown[]) : [];
  const [schemeName = ''] = Object.keys(objectOf(first));
  const schemes = objectOf(objectOf(document['components'])['securitySchemes']);
  const { type, name, in: place } = objectOf(schemes[schemeName]);
  if (type !== 'apiKey' || typeof name !== 'string') return null;
  return place === 'header' || place === 'query' ? { name, in: place } : null;
}

function inputNamesOf(definition: Json): string[] {
  return namesOf(objectOf(definition['invocationPayloadDef'])['flowAttributes']);
}

function resultNamesOf(definition: Json): string[] {
  return namesOf(objectOf(definition['callbackPayloadDef'])['attributes']);
}

function namesOf(attributes: unknown): string[] {
  return Array.isArray(attributes) ? attributes.map((each) => String(objectOf(each)['apiName'])) : [];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
