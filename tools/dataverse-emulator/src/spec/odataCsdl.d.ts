/** The package ships no types. */
declare module 'odata-csdl' {
  export function xml2json(xml: string, options?: { readonly strict?: boolean }): Record<string, unknown>;
}
