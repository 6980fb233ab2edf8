import { clockContract } from '../contracts/clockContract.ts';
import { virtualClock } from './virtualClock.ts';

clockContract('the virtual clock', () => virtualClock(Date.UTC(2026, 10, 21)));
