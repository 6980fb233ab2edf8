/** The part of Apache's Avro library that the tests use; it brings no types of its own. */
declare module 'avro-js' {
  const avro: { parse(schema: unknown): { fromBuffer(bytes: Buffer): unknown } };
  export default avro;
}
