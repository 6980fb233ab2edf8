import { runMain } from '@lockstep/service-runtime';
import { createProgram } from './createProgram.ts';

const run = async (): Promise<void> => {
  await createProgram(process.env).parseAsync(process.argv);
};

// A command that ends well may still have something to say by its code.
await runMain(run, { exit: (code) => process.exit(code === 0 ? process.exitCode : code) });
