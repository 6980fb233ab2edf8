import type { LocalStack } from './stackTypes.ts';

/** Jest loads set-up and teardown as separate modules of one process; a registered symbol is what they share. */
const key = Symbol.for('lockstep.local-stack.jest');
const shared = globalThis as unknown as Record<symbol, LocalStack | undefined>;

export function shareStack(stack: LocalStack): void {
  shared[key] = stack;
}

/** The shared stack, once: a second call answers undefined. */
export function takeSharedStack(): LocalStack | undefined {
  const stack = shared[key];
  delete shared[key];
  return stack;
}
