import { MongoServerError } from 'mongodb';
import { coded } from './codedErrors.ts';

const refusedWith = (code: number) =>
  coded('golden.load', () => Promise.reject(new MongoServerError({ code, errmsg: 'said' })));

describe('what a server says', () => {
  it.each([
    ['it is not primary any more', 10107],
    ['it forgot where a read was, since it was started again', 43],
    ['it ended a read, since an index was made or dropped', 175],
    ['somebody killed the cursor', 237],
    ['somebody killed the operation', 11601],
  ])('is tried again when %s', async (_, code) => {
    await expect(refusedWith(code)).rejects.toMatchObject({ code: 'MONGODB_UNREACHABLE' });
  });

  it('stops when it does not let us in', async () => {
    await expect(refusedWith(13)).rejects.toMatchObject({ code: 'MONGODB_REFUSED' });
  });
});

describe('what the DNS says', () => {
  // The driver asks it about mongodb+srv, and passes its error on as it is: that was taken for a state that must not occur.
  it('is asked again', async () => {
    const failure = Object.assign(new Error('querySrv ENOTFOUND'), {
      code: 'ENOTFOUND',
      syscall: 'querySrv',
    });
    const connecting = coded('connect', () => Promise.reject(failure));

    await expect(connecting).rejects.toMatchObject({
      code: 'MONGODB_UNREACHABLE',
      details: { operation: 'connect', reason: 'ENOTFOUND' },
    });
  });
});
