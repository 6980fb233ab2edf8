import { SyncError } from '@lockstep/change-events';
import { createLogger } from './logger.ts';
import type { LogLevel } from './logger.ts';

function logInto(level: LogLevel = 'info') {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ service: 'extractor', level, instance: 'one', destination });

  return { log, lines, parsed: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('createLogger', () => {
  it('prints one JSON line with service, instance, level, time and facts', () => {
    const { log, parsed } = logInto();
    log.child({ component: 'pages' }).info({ table: 'lead', rows: 3 }, 'Published.');

    expect(parsed()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        service: 'extractor',
        instance: 'one',
        component: 'pages',
        table: 'lead',
        rows: 3,
        msg: 'Published.',
      },
    ]);
  });

  it('prints nothing below its level', () => {
    const { log, lines } = logInto('warn');
    log.info({}, 'Quiet.');

    expect(lines).toEqual([]);
  });

  it('prints an error of ours with code and message, and a foreign one without its message', () => {
    const { log, lines, parsed } = logInto();
    const cause = Object.assign(new Error('duplicate key: ann@example.org'), { code: 11000 });
    log.error({ err: new SyncError('MONGODB_REFUSED', { entity: 'golden' }, { cause }) }, 'Failed.');

    expect(parsed()[0]?.['err']).toMatchObject({
      code: 'MONGODB_REFUSED',
      message: expect.stringContaining('entity=golden'),
      cause: {
        name: 'Error',
        code: '11000',
        stack: expect.arrayContaining([expect.stringContaining('at ')]),
      },
    });
    expect(lines.join()).not.toContain('ann@example.org');
  });

  it.each([
    'row is not iterable',
    "Cannot read properties of null (reading 'id')",
    "Cannot destructure property 'id' of 'row' as it is null.",
  ])('shows what the engine says about a mistake of our own: %s', (message) => {
    const { log, parsed } = logInto();
    log.error({ err: new TypeError(message) }, 'Failed.');

    expect(parsed()[0]?.['err']).toMatchObject({ name: 'TypeError', message });
  });

  const row = 'ann@example.org' as unknown as { id: number };
  const names = null as unknown as Record<string, string>;

  it.each([
    ['looks into', () => 'id' in row],
    ['sets a member of', () => (row.id = 1)],
    ['inherits from', () => Object.create(row) as unknown],
    ['looks up', () => names['ann@example.org']],
  ])('hides what the engine quotes of a text that a mistake %s', (_, mistake) => {
    const { log, lines } = logInto();
    try {
      mistake();
    } catch (err) {
      log.error({ err }, 'Failed.');
    }

    expect(lines.join()).toContain('"name":"TypeError"');
    expect(lines.join()).not.toContain('ann@');
  });

  it('hides field values and secrets that were logged by mistake', () => {
    const { log, lines } = logInto();
    const event = { recordId: 'r1', fields: { firstname: 'Ann' } };
    log.info({ event, email: 'ann@example.org', options: { clientSecret: 'hunter2' } }, 'Oops.');

    expect(lines.join()).toContain('r1');
    expect(lines.join()).not.toMatch(/Ann|ann@|hunter2/);
  });
});
