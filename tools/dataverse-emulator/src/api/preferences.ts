/** What a `Prefer` header asks for. */
export interface Preferences {
  readonly tracksChanges: boolean;
  readonly returnsRepresentation: boolean;
  readonly pageSizeMax: number | undefined;
  /** The list of annotations as sent, such as `*`. */
  readonly annotations: string | undefined;
}

const preference = /([^\s,=]+)(?:=("[^"]*"|[^,]*))?/g;

/** Parses the header; unknown preferences are ignored, as the standard asks. */
export function parsePreferences(header: string | undefined): Preferences {
  const found = new Map<string, string>();
  for (const [, name = '', value = ''] of (header ?? '').matchAll(preference))
    found.set(name.toLowerCase(), value.trim().replaceAll('"', ''));
  const pageSize = Number(found.get('odata.maxpagesize') ?? Number.NaN);
  return {
    tracksChanges: found.has('odata.track-changes'),
    returnsRepresentation: found.get('return') === 'representation',
    pageSizeMax: Number.isInteger(pageSize) && pageSize > 0 ? pageSize : undefined,
    annotations: found.get('odata.include-annotations'),
  };
}

/** The `Preference-Applied` header for what was honoured. */
export function appliedHeader(preferences: Preferences, tracked: boolean): Readonly<Record<string, string>> {
  const applied = [
    ...(tracked && preferences.tracksChanges ? ['odata.track-changes'] : []),
    ...(preferences.pageSizeMax ? [`odata.maxpagesize=${preferences.pageSizeMax}`] : []),
    ...(preferences.annotations ? [`odata.include-annotations="${preferences.annotations}"`] : []),
  ];
  return applied.length > 0 ? { 'preference-applied': applied.join(',') } : {};
}

/** Whether an annotation is on the list: by name, by `Namespace.*`, or by `*`. */
export function wantsAnnotation(list: string | undefined, name: string): boolean {
  if (list === undefined) return false;
  return list.split(',').some((pattern) => {
    const trimmed = pattern.trim();
    return trimmed === name || (trimmed.endsWith('*') && name.startsWith(trimmed.slice(0, -1)));
  });
}
