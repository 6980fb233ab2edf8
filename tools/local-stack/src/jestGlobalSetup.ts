import { readAddresses, toEnvironment } from './chooseProviders.ts';
import { startLocalStack } from './startLocalStack.ts';
import { shareStack } from './jestSharedStack.ts';

/** Jest's global set-up: one stack for the run, its addresses in the environment; nothing when they are already there. */
export default async function jestGlobalSetup(): Promise<void> {
  if (readAddresses(process.env).missing.length === 0) return;
  const stack = await startLocalStack();
  shareStack(stack);
  Object.assign(process.env, toEnvironment(stack));
}
