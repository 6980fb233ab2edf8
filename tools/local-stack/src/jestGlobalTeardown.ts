import { takeSharedStack } from './jestSharedStack.ts';

/** Jest's global teardown: ends the stack that jestGlobalSetup started, if it started one. */
export default async function jestGlobalTeardown(): Promise<void> {
  await takeSharedStack()?.close();
}
