/** A value that is there at once, or a promise of it: a promise for each of a million messages costs more than the work. */
export type Ready<T> = T | Promise<T>;

export function then<T, U>(value: Ready<T>, next: (value: T) => Ready<U>): Ready<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Keeps what was made for `key`, unless making it failed: then the next caller tries again. */
export function remember<K, V>(cache: Map<K, Ready<V>>, key: K, make: () => Promise<V>): Ready<V> {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  // Only in its own place: by now it may be another's.
  const settle = (change: () => void) => cache.get(key) === made && change();
  made.then(
    (value) => settle(() => cache.set(key, value)),
    () => settle(() => cache.delete(key)),
  );
  return made;
}
