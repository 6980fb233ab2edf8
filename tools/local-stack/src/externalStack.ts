import { readAddresses } from './chooseProviders.ts';
import { probesOf, waitUntilReady } from './readiness.ts';
import type { LocalStack, StartContext } from './stackTypes.ts';

const answerTimeoutMs = 15_000;

/** The services whose addresses are in the environment. Rejects when one of them does not answer. */
export async function useExternalStack(context: StartContext): Promise<LocalStack> {
  const { addresses } = readAddresses(process.env);
  const limits = { timeoutMs: answerTimeoutMs, signal: context.signal };
  await Promise.all(probesOf(addresses).map(([name, probe]) => waitUntilReady(name, probe, limits)));
  return { ...addresses, provider: 'external', close: async () => undefined };
}
