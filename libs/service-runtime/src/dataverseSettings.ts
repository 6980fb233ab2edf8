import type { Setting } from './setting.ts';

/** Read by the services that call Dataverse: where the environment is, and how much of its limits they may use. */
export const dataverseSettings = [
  {
    name: 'DATAVERSE_URL',
    description: 'Address of the Dataverse environment, without a path.',
    kind: 'url',
    required: true,
  },
  {
    name: 'DATAVERSE_TENANT_ID',
    description: 'Microsoft Entra tenant of the environment.',
    kind: 'string',
    required: true,
  },
  {
    name: 'DATAVERSE_CLOUD',
    description:
      'Microsoft cloud of the environment, which tells the token service: `public`, `gcc`, `gcchigh`, `dod` or `china`.',
    kind: 'choice',
    choices: ['public', 'gcc', 'gcchigh', 'dod', 'china'],
    default: 'public',
  },
  {
    name: 'DATAVERSE_TOKEN_AUTHORITY',
    description:
      'Address of the token service including the tenant, when it is not that of the cloud; https only.',
    kind: 'url',
    shape: { pattern: /^https:\/\//, words: 'a URL that starts with https://' },
  },
  {
    name: 'DATAVERSE_CA_FILE',
    description: 'PEM file of a certificate authority to trust besides the well-known ones.',
    kind: 'string',
  },
  {
    name: 'DATAVERSE_TLS_MIN',
    description: 'Oldest version of TLS to speak with Dataverse and its token service: `1.2` or `1.3`.',
    kind: 'choice',
    choices: ['1.2', '1.3'],
    default: '1.2',
  },
  {
    name: 'DATAVERSE_SHARE',
    description: "Share of Dataverse's service protection limits that this process may use, from 0.05 to 1.",
    kind: 'number',
    default: '0.5',
    min: 0.05,
    max: 1,
  },
] as const satisfies readonly Setting[];

const proofs = ['CLIENT_SECRET', 'CLIENT_SECRET_FILE', 'CERTIFICATE_FILE', 'FEDERATED_TOKEN_FILE'] as const;

/** The settings of which exactly one proves who an application user is. */
export const proofNames = <const Prefix extends string>(prefix: Prefix) =>
  proofs.map((proof) => `${prefix}_${proof}` as const);

/** How the application user `<prefix>_CLIENT_ID` proves who it is. */
export function proofSettings<const Prefix extends string>(prefix: Prefix, who: string) {
  const others = (own: (typeof proofs)[number]) =>
    proofNames(prefix).filter((name) => name !== `${prefix}_${own}`);
  const needsId = [`${prefix}_CLIENT_ID`];

  return [
    {
      name: `${prefix}_CLIENT_SECRET` as const,
      description: `Client secret of ${who}.`,
      kind: 'string',
      secret: true,
      requires: needsId,
      excludes: others('CLIENT_SECRET'),
    },
    {
      name: `${prefix}_CLIENT_SECRET_FILE` as const,
      description: 'File that holds the client secret instead; read again when it changes.',
      kind: 'string',
      requires: needsId,
      excludes: others('CLIENT_SECRET_FILE'),
    },
    {
      name: `${prefix}_CERTIFICATE_FILE` as const,
      description: 'PEM file of a certificate to sign in with instead; read again when it changes.',
      kind: 'string',
      requires: needsId,
      excludes: others('CERTIFICATE_FILE'),
    },
    {
      name: `${prefix}_CERTIFICATE_KEY_FILE` as const,
      description: "PEM file of the certificate's private key, when the certificate's file does not hold it.",
      kind: 'string',
      requires: [`${prefix}_CERTIFICATE_FILE`],
    },
    {
      name: `${prefix}_FEDERATED_TOKEN_FILE` as const,
      description: 'File of a workload identity token to sign in with instead; read at each sign-in.',
      kind: 'string',
      requires: needsId,
      excludes: others('FEDERATED_TOKEN_FILE'),
    },
  ] as const satisfies readonly Setting[];
}
