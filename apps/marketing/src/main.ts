import { runMain } from '@lockstep/service-runtime';
import { loadConfig } from './config.ts';
import { runMarketing } from './runMarketing.ts';

await runMain(() => runMarketing(loadConfig(process.env)));
