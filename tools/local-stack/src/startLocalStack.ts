import { chooseProviders } from './chooseProviders.ts';
import type { ProviderChoice } from './chooseProviders.ts';
import { startDockerStack } from './dockerStack.ts';
import { useExternalStack } from './externalStack.ts';
import { startNativeStack } from './nativeStack.ts';
import { reasonOf } from './stackErrors.ts';
import type { LocalStack, StackProvider, StartContext } from './stackTypes.ts';

export type LocalStackOptions = {
  provider?: ProviderChoice;
  /** Takes progress lines; standard error by default. */
  log?: (line: string) => void;
  /** Abandons the start; what had started is stopped before the promise rejects with the signal's reason. */
  signal?: AbortSignal;
};

const providers: Record<StackProvider, (context: StartContext) => Promise<LocalStack>> = {
  external: useExternalStack,
  docker: startDockerStack,
  native: startNativeStack,
};

/**
 * Kafka, MongoDB and a schema registry that answer. Rejects with StackSetupError for what the caller can mend
 * (missing tools, wrong settings), else with the failing service's name and last output lines.
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const log = options.log ?? ((line) => process.stderr.write(`[local-stack] ${line}\n`));
  const context = { log, signal: options.signal ?? new AbortController().signal };
  const [first, ...fallbacks] = chooseProviders(options.provider ?? 'auto', process.env);
  if (first === undefined) throw new Error('no provider to try');
  return startFirstOf(first, fallbacks, context);
}

async function startFirstOf(
  provider: StackProvider,
  fallbacks: StackProvider[],
  context: StartContext,
): Promise<LocalStack> {
  const startedAtMs = performance.now();
  try {
    const stack = await providers[provider](context);
    context.log(`${provider} stack ready after ${((performance.now() - startedAtMs) / 1_000).toFixed(1)} s`);
    return stack;
  } catch (error) {
    const [next, ...rest] = fallbacks;
    if (next === undefined || context.signal.aborted) throw error;
    context.log(`${provider}: ${reasonOf(error)}; using ${next}`);
    return startFirstOf(next, rest, context);
  }
}
