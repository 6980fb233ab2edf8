import { clockContract } from '@lockstep/ports';
import { systemClock } from '@lockstep/service-runtime';

clockContract('the system clock', () => systemClock);
