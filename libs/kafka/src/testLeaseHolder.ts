import { createKafkaClient } from './createKafkaClient.ts';
import { createLeaseKeeper } from './createLeaseKeeper.ts';

/** A process of its own for the lease spec: prints `held` or `free` whenever that changes. */
const [brokers = '', prefix = '', sessionTimeoutMs = '6000'] = process.argv.slice(2);
const kafka = createKafkaClient({ brokers: brokers.split(','), clientId: 'lease-holder' });
const keeper = createLeaseKeeper({ kafka, prefix, sessionTimeoutMs: Number(sessionTimeoutMs) });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

const say = (word: string) => process.stdout.write(`${word}\n`);

void keeper.hold(
  'leads',
  (lease, signal) =>
    new Promise((resolve) => {
      let wasHeld = false;
      const look = () => {
        if (lease.isHeld() !== wasHeld) say(wasHeld ? 'free' : 'held');
        wasHeld = lease.isHeld();
      };
      const looking = setInterval(look, 20);
      signal.addEventListener('abort', () => {
        clearInterval(looking);
        look();
        resolve();
      });
    }),
  stopping.signal,
);
