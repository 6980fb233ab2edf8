export type DynamicsCloud = 'public' | 'gcc' | 'gcchigh' | 'dod' | 'china';

/** Where each cloud signs in, and how the addresses of its organisations end (dataverse facts 5). */
export const cloudAuthorities: Readonly<
  Record<DynamicsCloud, { readonly tokenAuthority: string; readonly hostEnding: string }>
> = {
  public: { tokenAuthority: 'https://login.microsoftonline.com', hostEnding: '.dynamics.com' },
  gcc: { tokenAuthority: 'https://login.microsoftonline.com', hostEnding: '.crm9.dynamics.com' },
  gcchigh: { tokenAuthority: 'https://login.microsoftonline.us', hostEnding: '.crm.microsoftdynamics.us' },
  dod: { tokenAuthority: 'https://login.microsoftonline.us', hostEnding: '.crm.appsplatform.us' },
  china: { tokenAuthority: 'https://login.partner.microsoftonline.cn', hostEnding: '.crm.dynamics.cn' },
};
