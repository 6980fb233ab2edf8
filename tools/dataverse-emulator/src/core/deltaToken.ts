/** A place in the order of versions and when it was handed out. */
export interface DeltaToken {
  readonly version: number;
  readonly issuedAtMs: number;
}

const shape = /^(\d{1,15})!(\d\d)\/(\d\d)\/(\d{4}) (\d\d):(\d\d):(\d\d)$/;

/** Percent-encodes everything but letters and digits, with lower-case hex (facts, section 1.2). */
export function percentEncode(source: string): string {
  return encodeURIComponent(source)
    .replace(/[!'()*~._-]/g, (character) => `%${character.charCodeAt(0).toString(16)}`)
    .replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}

/** `<version>!<MM/dd/yyyy HH:mm:ss>` in UTC. */
export function deltaTokenText(token: DeltaToken): string {
  const [date = '', time = ''] = new Date(token.issuedAtMs).toISOString().slice(0, 19).split('T');
  const [year, month, day] = date.split('-');
  return `${token.version}!${month}/${day}/${year} ${time}`;
}

/** Undefined when the text is no delta token. */
export function parseDeltaToken(source: string): DeltaToken | undefined {
  const match = shape.exec(source);
  if (!match) return undefined;
  const [, version, month, day, year, hours, minutes, seconds] = match;
  const issuedAtMs = Date.parse(`${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(issuedAtMs) ? undefined : { version: Number(version), issuedAtMs };
}
