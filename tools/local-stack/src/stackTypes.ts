/** Where the backing services answer: `host:port`, a MongoDB URL, the root of the Confluent-compatible registry API. */
export type StackAddresses = { kafkaBrokers: string; mongodbUrl: string; schemaRegistryUrl: string };

export type StackProvider = 'external' | 'docker' | 'native';

/** A running stack. `close` may be called more than once; it stops only what this stack started. */
export type LocalStack = StackAddresses & { provider: StackProvider; close(): Promise<void> };

/** What every provider needs from its caller: where progress lines go, and the signal that abandons the start. */
export type StartContext = { log: (line: string) => void; signal: AbortSignal };
