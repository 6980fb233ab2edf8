import { hostname } from 'node:os';
import { commonSettings, mongodbSettings, parseSettings, rulesSetting } from '@lockstep/service-runtime';
import { creatables, fieldPolicies, type FieldPolicy, type SchemaWishes } from '@lockstep/pipelines';
import { customTypeShape, customTypesOf } from './customTypes.ts';
import type { Environment, Setting } from '@lockstep/service-runtime';

/** Every environment variable the marketing service reads; docs/configuration.md shows them. */
export const settings = [
  ...commonSettings,
  {
    name: 'HTTP_PORT',
    description: 'Port of health and metrics; 0 takes a free one.',
    kind: 'integer',
    default: '8082',
    min: 0,
    max: 65_535,
  },
  {
    name: 'MARKETO_URL',
    description: 'Address of the Marketo instance, without `/rest`.',
    kind: 'url',
    required: true,
  },
  {
    name: 'MARKETO_FORMER_URL',
    description:
      'Address that the same instance had before: says that it is the one whose persons the database knows.',
    kind: 'url',
  },
  {
    name: 'MARKETO_CLIENT_ID',
    description: 'Client id of the LaunchPoint service.',
    kind: 'string',
    required: true,
  },
  {
    name: 'MARKETO_CLIENT_SECRET',
    description: 'Client secret of the LaunchPoint service.',
    kind: 'string',
    required: true,
    secret: true,
  },
  {
    name: 'MARKETO_SHARE',
    description: 'Share of the next two limits that this process may use, from 0.05 to 1.',
    kind: 'number',
    default: '0.5',
    min: 0.05,
    max: 1,
  },
  {
    name: 'MARKETO_CALLS_PER_20S',
    description: 'Calls in 20 seconds that Marketo allows all users of the instance together.',
    kind: 'integer',
    default: '100',
    min: 1,
    max: 100,
  },
  {
    name: 'MARKETO_CONCURRENT_MAX',
    description: 'Calls at the same time that Marketo allows all users of the instance together.',
    kind: 'integer',
    default: '10',
    min: 1,
    max: 10,
  },
  {
    name: 'MARKETO_CALLS_PER_DAY',
    description: 'Calls a day that the contract with Marketo grants all users of the instance together.',
    kind: 'integer',
    default: '50000',
    min: 100,
    max: 10_000_000,
  },
  {
    name: 'MARKETO_FIELD_POLICIES',
    description:
      'What is done with values that do not fit their field of Marketo, such as `title:truncate,crmTopic:report,*:reject`; without a policy they are rejected.',
    kind: 'list',
    shape: {
      pattern: /^(\*|[A-Za-z_]\w{0,127}):(reject|truncate|report)$/,
      words: 'a field of Marketo, or *, with `:reject`, `:truncate` or `:report`',
    },
  },
  {
    name: 'MARKETO_CUSTOM_TYPES',
    description:
      'Custom object types that Marketo must have, each with its fields, such as `car=vin:string:key,year:integer,owner:link:lead.id`; a field is a text unless it says otherwise, one to three have `:key`.',
    kind: 'lists',
    shape: customTypeShape,
  },
  {
    name: 'MARKETO_MAY_CREATE',
    description:
      'What may be made in Marketo where it is absent: `person-fields`, `custom-types`, or both; without it nothing is.',
    kind: 'list',
    shape: { pattern: /^(person-fields|custom-types)$/, words: 'person-fields or custom-types' },
  },
  {
    name: 'FEED_INTERVAL_MIN_MS',
    description: 'Shortest pause between two reads of the feed of changes, while some come, in milliseconds.',
    kind: 'integer',
    default: '5000',
    min: 10,
    max: 3_600_000,
    notAbove: 'FEED_INTERVAL_MAX_MS',
  },
  {
    name: 'FEED_INTERVAL_MAX_MS',
    description: 'Longest pause, after an hour in which nothing has changed, in milliseconds.',
    kind: 'integer',
    default: '60000',
    min: 10,
    max: 3_600_000,
  },
  {
    name: 'DELETED_INTERVAL_MS',
    description:
      'Pause between two reads of the feeds of deleted people, and of merges and partition changes, in milliseconds.',
    kind: 'integer',
    default: '300000',
    min: 10,
    max: 86_400_000,
  },
  {
    name: 'MARKETO_COMPARE_INTERVAL_HOURS',
    description:
      'Hours after which everybody who is known is compared with Marketo and what differs is published; 0 compares only on command.',
    kind: 'integer',
    default: '0',
    min: 0,
    max: 8_760,
  },
  {
    name: 'MARKETO_HINT_KEY',
    description:
      'Key that callers of `POST /hints/marketo` must know; without it that address does not exist.',
    kind: 'string',
    secret: true,
    shape: { pattern: /^\S{16,}$/, words: 'at least 16 characters without spaces' },
  },
  {
    name: 'MARKETO_REQUEST_KEY',
    description:
      'Key that callers of `POST /requests` and Marketo’s flow step must know; without it those addresses do not exist.',
    kind: 'string',
    secret: true,
    shape: { pattern: /^\S{16,}$/, words: 'at least 16 characters without spaces' },
  },
  {
    name: 'MARKETO_REQUEST_FIELD',
    description:
      'Field of persons, by its REST name, in which batch campaigns write requests; without it no field is looked at.',
    kind: 'string',
    shape: { pattern: /^[A-Za-z_]\w{0,127}$/, words: 'the REST name of a field' },
  },
  {
    name: 'FLOW_STEP_ANSWER_AFTER_MS',
    description: 'How long a flow step waits at most for the end of its requests, in milliseconds.',
    kind: 'integer',
    default: '60000',
    min: 1_000,
    max: 3_600_000,
  },
  {
    name: 'FLOW_STEP_CALLBACK_HOSTS',
    description:
      'Hosts that a flow step may name for its callback, `*.` before a name for all below it; by https only. The host of `MARKETO_URL` always may.',
    kind: 'list',
    default: '*.adobe.io,*.adobe.com,*.marketo.com,*.mktorest.com',
    shape: { pattern: /^(\*\.)?[a-z\d-]+(\.[a-z\d-]+)*$/i, words: 'names of hosts' },
  },
  ...mongodbSettings,
  rulesSetting,
] as const satisfies readonly Setting[];

export type Config = ReturnType<typeof loadConfig>;

/** Throws SyncError CONFIG_INVALID with every fault at once. */
export function loadConfig(env: Environment) {
  const config = parseSettings(settings, { HOSTNAME: hostname(), ...env });
  customTypesOf(config.marketoCustomTypes);

  return config;
}

/** What Marketo's schema must have beyond the fields of persons, and what of it may be made. */
export function schemaWishesOf({ marketoCustomTypes, marketoMayCreate = [] }: Config): SchemaWishes {
  const mayCreate = creatables.filter((what) => marketoMayCreate.includes(what));

  return { customTypes: customTypesOf(marketoCustomTypes), mayCreate };
}

/** The policy of each field; of two for one field the stricter, of none that of `*`. */
export function fieldPolicyOf(settings: readonly string[]): (field: string) => FieldPolicy {
  const given = (name: string): FieldPolicy | undefined =>
    fieldPolicies.find((policy) => settings.includes(`${name}:${policy}`));
  const general = given('*') ?? 'reject';

  return (field) => given(field) ?? general;
}
