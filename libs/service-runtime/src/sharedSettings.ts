import type { Setting } from './setting.ts';

/** Read by every service; HTTP_PORT stays with each of them, because its default differs. */
export const commonSettings = [
  {
    name: 'KAFKA_BROKERS',
    description: 'Addresses of the Kafka brokers, as host:port separated by commas.',
    kind: 'list',
    required: true,
    shape: { pattern: /^(\[[0-9a-fA-F:]+\]|[^\s:/]+):\d{1,5}$/, words: 'host:port' },
  },
  {
    name: 'KAFKA_SSL',
    description: 'Whether to speak TLS to the brokers.',
    kind: 'boolean',
    default: 'false',
  },
  {
    name: 'KAFKA_CA_FILE',
    description: 'PEM file of the certificate authorities to trust instead of the well-known ones.',
    kind: 'string',
    needsSwitch: 'KAFKA_SSL',
  },
  {
    name: 'KAFKA_CERTIFICATE_FILE',
    description: 'PEM file of a certificate to show to the brokers.',
    kind: 'string',
    needsSwitch: 'KAFKA_SSL',
    requires: ['KAFKA_CERTIFICATE_KEY_FILE'],
  },
  {
    name: 'KAFKA_CERTIFICATE_KEY_FILE',
    description: "PEM file of that certificate's private key.",
    kind: 'string',
    requires: ['KAFKA_CERTIFICATE_FILE'],
  },
  {
    name: 'KAFKA_SASL_MECHANISM',
    description: 'How to sign in to the brokers: `plain`, `scram-sha-256` or `scram-sha-512`.',
    kind: 'choice',
    choices: ['plain', 'scram-sha-256', 'scram-sha-512'],
    requires: ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'],
  },
  {
    name: 'KAFKA_SASL_USERNAME',
    description: 'User name for the brokers.',
    kind: 'string',
    requires: ['KAFKA_SASL_MECHANISM'],
  },
  {
    name: 'KAFKA_SASL_PASSWORD',
    description: 'Password for the brokers.',
    kind: 'string',
    secret: true,
    requires: ['KAFKA_SASL_MECHANISM'],
  },
  {
    name: 'SCHEMA_REGISTRY_URL',
    description: "Address of the schema registry's Confluent API.",
    kind: 'url',
    required: true,
  },
  {
    name: 'SCHEMA_REGISTRY_USERNAME',
    description: 'User name for the schema registry, or its API key.',
    kind: 'string',
    requires: ['SCHEMA_REGISTRY_PASSWORD'],
  },
  {
    name: 'SCHEMA_REGISTRY_PASSWORD',
    description: 'Password for the schema registry, or the secret of its API key.',
    kind: 'string',
    secret: true,
    requires: ['SCHEMA_REGISTRY_USERNAME'],
  },
  {
    name: 'SCHEMA_AUTO_REGISTER',
    description:
      'Whether to register schemas that are not in the registry yet; otherwise they must be there, see `register`.',
    kind: 'boolean',
    default: 'true',
  },
  {
    name: 'TOPIC_PREFIX',
    description: 'Put before the name of every topic, so that several tenants can share one Kafka.',
    kind: 'string',
    default: '',
    shape: {
      pattern: /^[a-zA-Z0-9._-]{0,100}$/,
      words: 'at most 100 letters, digits, dots, dashes and underscores',
    },
  },
  {
    name: 'INSTANCE_ID',
    description: 'Name of this process among its standbys; in its logs and its lease.',
    kind: 'string',
    default: '${HOSTNAME}',
  },
  {
    name: 'HTTP_HOST',
    description: 'Network interface on which health and metrics are served.',
    kind: 'string',
    default: '0.0.0.0',
  },
  {
    name: 'LOG_LEVEL',
    description: 'Least severe log line to print: `debug`, `info`, `warn` or `error`.',
    kind: 'choice',
    choices: ['debug', 'info', 'warn', 'error'],
    default: 'info',
  },
  {
    name: 'SHUTDOWN_DEADLINE_MS',
    description: 'Time for an orderly stop, in milliseconds; after it the process ends with code 1.',
    kind: 'integer',
    default: '15000',
    min: 100,
    max: 600_000,
  },
] as const satisfies readonly Setting[];

/** Read by the services that keep state in MongoDB. */
export const mongodbSettings = [
  {
    name: 'MONGODB_URL',
    description: 'Connection string of MongoDB; it may hold a password.',
    kind: 'string',
    required: true,
    secret: true,
    // A replica set names several hosts, which the URL class refuses; the driver checks the rest.
    shape: { pattern: /^mongodb(\+srv)?:\/\/\S+$/, words: 'a mongodb:// or mongodb+srv:// address' },
  },
  {
    name: 'MONGODB_DATABASE',
    description: 'Name of the database.',
    kind: 'string',
    default: 'lockstep',
    shape: { pattern: /^[a-zA-Z0-9_-]{1,63}$/, words: 'at most 63 letters, digits, dashes and underscores' },
  },
] as const satisfies readonly Setting[];
