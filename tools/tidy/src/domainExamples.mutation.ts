import { readdirSync } from 'node:fs';
import { expect } from 'expect';
import { bind } from 'jest-each';

/**
 * All examples of the domain as one file of mocha (`npm run mutation`). Mocha keeps what it has loaded, so that a mutant
 * costs its examples only; jest loads every module anew for each.
 */
const { WeakMap } = globalThis;
const loaded: ForgetfulMap[] = [];

/** What the domain works out once per mapping is worked out anew for every example: no mutant sees what another left. */
class ForgetfulMap {
  held = new WeakMap<object, unknown>();
  constructor() {
    loaded.push(this);
  }
  has(key: object): boolean {
    return this.held.has(key);
  }
  get(key: object): unknown {
    return this.held.get(key);
  }
  set(key: object, value: unknown): void {
    this.held.set(key, value);
  }
}

Object.assign(it, { each: bind(it) });
Object.assign(describe, { each: bind(describe, false) });
Object.assign(globalThis, { expect, WeakMap: ForgetfulMap });
beforeEach(() => {
  for (const map of loaded) map.held = new WeakMap();
});
// Hundreds of drawn histories take longer than all examples together, and every mutant would pay for them.
const namesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.spec.ts') && !name.endsWith('.sim.spec.ts'))
    .map((name) => name.slice(0, -'.spec.ts'.length))
    .toReversed();
for (const name of namesIn('libs/reconciliation/src/examples'))
  await import(`../../../libs/reconciliation/src/examples/${name}.spec.ts`);
for (const name of namesIn('libs/reconciliation/src'))
  await import(`../../../libs/reconciliation/src/${name}.spec.ts`);
Object.assign(globalThis, { WeakMap });
