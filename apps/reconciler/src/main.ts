import { runMain } from '@lockstep/service-runtime';
import { loadConfig } from './config.ts';
import { runReconciler } from './runReconciler.ts';

await runMain(() => runReconciler(loadConfig(process.env)));
