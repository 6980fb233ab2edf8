import type { LocalStack } from './stackTypes.ts';

/** Jest loads set-up and teardown as separate modules of one process; a registered symbol is what they share. */
const key = Symbol.for('lockstep.local-stack.jest');

export function shareStack(stack: LocalStack): void {
  Reflect.set(globalThis, key, stack);
}

/** The shared stack, once: a second call answers undefined. */
export function takeSharedStack(): LocalStack | undefined {
  const stack = Reflect.get(globalThis, key) as LocalStack | undefined;
  Reflect.deleteProperty(globalThis, key);
  return stack;
}
