/** `view` is of the same bytes: it compares four at once. */
export type Page = { readonly bytes: Buffer; readonly view: DataView };

export const pageOf = (bytes: Buffer): Page => ({
  bytes,
  view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
});
