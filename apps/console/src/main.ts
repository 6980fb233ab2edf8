import { runMain } from '@lockstep/service-runtime';
import { createProgram } from './createProgram.ts';

await runMain(async () => {
  await createProgram(process.env).parseAsync(process.argv);
});
