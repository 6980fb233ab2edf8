/** How to reach Dataverse, under the setting names of the services. */
export type DataverseAccess = {
  readonly url: string;
  readonly tenantId: string;
  readonly tokenAuthority: string;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

export type MarketoAccess = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
};

/** Both systems, whether they run in this process or in containers. */
export type Systems = { readonly dataverse: DataverseAccess; readonly marketo: MarketoAccess };

/** The addresses as settings of the services. */
export function toSettings({ dataverse, marketo }: Partial<Systems>): Record<string, string> {
  return {
    ...(dataverse && {
      DATAVERSE_URL: dataverse.url,
      DATAVERSE_TENANT_ID: dataverse.tenantId,
      DATAVERSE_TOKEN_AUTHORITY: dataverse.tokenAuthority,
      DATAVERSE_CA_FILE: dataverse.caFile,
      DATAVERSE_CLIENT_ID: dataverse.clientId,
      DATAVERSE_CLIENT_SECRET: dataverse.clientSecret,
    }),
    ...(marketo && {
      MARKETO_URL: marketo.url,
      MARKETO_CLIENT_ID: marketo.clientId,
      MARKETO_CLIENT_SECRET: marketo.clientSecret,
    }),
  };
}

/** `NAME=value` lines, as `npm run emulators` prints them. */
export function toLines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
