/** Without a list of the names, which a decision would make several times. */
export function isEmpty(values: object): boolean {
  for (const name in values) if (Object.hasOwn(values, name)) return false;

  return true;
}
