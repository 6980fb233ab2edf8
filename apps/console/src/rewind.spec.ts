import { rewind } from './rewind.ts';
import { timeWords } from './timeOf.ts';

const nowMs = Date.parse('2026-11-28T04:00:00Z');

it.each([
  ['2026-11-28T05:00:00Z', '2026-11-28T05:00:00Z is no time of the last seven days.'],
  ['2026-11-21T03:59:59Z', '2026-11-21T03:59:59Z is no time of the last seven days.'],
  ['2026-11-28T03:00:00', timeWords],
])('a rewind to %s is refused before anything is opened', async (to, sentence) => {
  await expect(rewind({}, to, { nowMs, print: () => undefined })).rejects.toMatchObject({
    ...{ code: 'CONFIG_INVALID', details: { '--to': sentence } },
  });
});
