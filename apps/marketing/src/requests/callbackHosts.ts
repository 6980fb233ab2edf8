export type CallbackHosts = {
  /** Names, or `*.` before a name for all below it; only by https. */
  readonly hosts: readonly string[];
  /** Its own origin may be called too. */
  readonly marketoUrl: string;
};

/** Whether a flow step may name this address: otherwise who knows the key could have any address called from here. */
export function isCallbackAllowed(address: string, { hosts, marketoUrl }: CallbackHosts): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin === new URL(marketoUrl).origin) return true;

  return url.protocol === 'https:' && hosts.some((host) => matches(url.hostname, host.toLowerCase()));
}

function matches(hostname: string, host: string): boolean {
  return host.startsWith('*.') ? hostname.endsWith(host.slice(1)) : hostname === host;
}
