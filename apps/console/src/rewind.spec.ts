import { rewind } from './rewind.ts';

const nowMs = Date.parse('2026-11-28T04:00:00Z');

it.each(['2026-11-28T05:00:00Z', '2026-11-21T03:59:59Z', 'yesterday'])(
  'a rewind to %s is refused before anything is opened',
  async (to) => {
    await expect(rewind({}, to, { nowMs, print: () => undefined })).rejects.toMatchObject({
      ...{ code: 'CONFIG_INVALID', details: { to: `${to} is no time of the last seven days.` } },
    });
  },
);
