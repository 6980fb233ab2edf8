export { toEnvironment } from './chooseProviders.ts';
export type { ProviderChoice } from './chooseProviders.ts';
export { StackSetupError } from './stackErrors.ts';
export type {
  LastingService,
  LocalStack,
  ServiceFaults,
  StackAddresses,
  StackProvider,
} from './stackTypes.ts';
export { startLocalStack } from './startLocalStack.ts';
export type { LocalStackOptions } from './startLocalStack.ts';
