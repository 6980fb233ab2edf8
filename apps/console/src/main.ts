import { runMain } from '@lockstep/service-runtime';
import { createProgram } from './createProgram.ts';

// Whoever reads may have seen enough, as `head` has: that is no failure of ours.
process.stdout.on('error', () => process.exit(141));

const run = async (): Promise<void> => {
  await createProgram(process.env).parseAsync(process.argv);
};

// A command that ends well may still have something to say by its code.
await runMain(run, { exit: (code) => process.exit(code === 0 ? process.exitCode : code) });
