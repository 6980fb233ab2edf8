/** Where the backing services answer: `host:port`, a MongoDB URL, the root of the Confluent-compatible registry API. */
export type StackAddresses = { kafkaBrokers: string; mongodbUrl: string; schemaRegistryUrl: string };

export type StackProvider = 'external' | 'docker' | 'native';

/** The services whose data outlives their process; the registry holds its own in memory. */
export type LastingService = 'kafka' | 'mongodb';

/** What may befall a service. */
export type ServiceFaults = {
  /** Kills it at once, starts it again on its data, and resolves when it answers. */
  crash(service: LastingService): Promise<void>;
  /** Stops it (SIGSTOP) for this long, while its connections stay open. */
  freeze(service: LastingService, forMs: number): Promise<void>;
};

/** A running stack. `close` may be called more than once; it stops only what this stack started. */
export type LocalStack = StackAddresses & {
  provider: StackProvider;
  /** Undefined where the processes are not children of this one. */
  faults?: ServiceFaults;
  close(): Promise<void>;
};

/** What every provider needs from its caller: where progress lines go, and the signal that abandons the start. */
export type StartContext = { log: (line: string) => void; signal: AbortSignal };
