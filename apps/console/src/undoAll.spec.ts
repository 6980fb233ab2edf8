import { timeWords } from './timeOf.ts';
import { undoAll } from './undoAll.ts';

it.each(['since', 'until'])('an undo of a span whose %s is no time is refused', async (name) => {
  const options = { since: '2026-11-28T03:00:00Z', [name]: '5' };
  const env = { LOCKSTEP_API_URL: 'http://127.0.0.1:1' };

  await expect(
    undoAll(env, options, { nowMs: Date.parse('2026-11-28T04:00:00Z'), print: () => undefined }),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID', details: { [`--${name}`]: timeWords } });
});
