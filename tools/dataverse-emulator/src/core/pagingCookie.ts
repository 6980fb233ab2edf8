import { percentEncode } from './deltaToken.ts';

/** What a `$skiptoken` carries, besides its outer shape. */
export interface PagingCookie {
  readonly page: number;
  readonly isTracking: boolean;
  /** The column that orders the rows, in the cookie of an ordinary read. */
  readonly element?: string;
  readonly values: Readonly<Record<string, string>>;
}

const attribute = /([a-zA-Z]+)="([^"]*)"/g;

function attributes(source: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...source.matchAll(attribute)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** The XML cookie in its own encoding (facts, section 1.7), not yet encoded for the URL. */
export function pagingCookieText(cookie: PagingCookie): string {
  const inner = Object.entries(cookie.values)
    .map(([name, value]) => ` ${name}="${percentEncode(value)}"`)
    .join('');
  const encoded = percentEncode(
    percentEncode(`<cookie page="${cookie.page - 1}"><${cookie.element ?? 'position'}${inner} /></cookie>`),
  );
  const tracking = cookie.isTracking ? 'True' : 'False';
  return `<cookie pagenumber="${cookie.page}" pagingcookie="${encoded}" istracking="${tracking}" />`;
}

/** Undefined when the text is no cookie of ours. */
export function parsePagingCookie(source: string): PagingCookie | undefined {
  const outer = attributes(source);
  try {
    const inner = decodeURIComponent(decodeURIComponent(outer['pagingcookie'] ?? ''));
    const values = attributes(/><\w+([^>]*)\/>/.exec(inner)?.[1] ?? '');
    const page = Number(outer['pagenumber']);
    if (!Number.isInteger(page) || Object.keys(values).length === 0) return undefined;
    const decoded = Object.entries(values).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { page, isTracking: outer['istracking'] === 'True', values: Object.fromEntries(decoded) };
  } catch {
    return undefined;
  }
}
