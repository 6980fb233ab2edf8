import { parentPort } from 'node:worker_threads';
import { servePages } from '@lockstep/dynamics';

if (parentPort) servePages(parentPort);
