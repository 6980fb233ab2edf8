import { runMain } from '@lockstep/service-runtime';
import { loadConfig } from './config.ts';
import { runExtractor } from './runExtractor.ts';

await runMain(() => runExtractor(loadConfig(process.env)));
