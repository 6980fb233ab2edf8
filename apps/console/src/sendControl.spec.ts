import { toControl } from './sendControl.ts';
import { noticeLine } from './showNotices.ts';

const moment = { controlId: 'c1', nowMs: Date.parse('2026-11-25T10:00:00Z') };

describe('a command of the operator', () => {
  it('carries what was typed, who typed it and when', () => {
    const options = { actor: 'ann', filter: "city eq 'Ulm'", columns: 'a, b', from: '2026-11-01' };

    expect(toControl('resnapshot', 'dynamics/new_visit', options, moment)).toEqual({
      controlId: 'c1',
      action: 'resnapshot',
      target: 'dynamics/new_visit',
      actor: 'ann',
      filter: "city eq 'Ulm'",
      columns: ['a', 'b'],
      from: '2026-11-01',
      to: null,
      at: '2026-11-25T10:00:00Z',
    });
  });

  it('names the user and the host when nobody else is named', () => {
    expect(toControl('pause', 'dynamics/lead', {}, moment).actor).toMatch(/^.+@.+$/);
  });

  it('is refused at once, with every fault, when no extractor could obey it', () => {
    expect(() => toControl('resnapshot', 'lead', { from: 'week-1', to: 'later' }, moment)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        details: {
          target: 'must be dynamics/<table> or marketo/person.',
          '--from': expect.stringMatching(/^must be a date/),
          '--to': expect.stringMatching(/^must be a date/),
        },
      }),
    );
  });
});

describe('a notice', () => {
  it('is one line with its facts and counts', () => {
    const line = noticeLine({
      noticeId: 'n',
      code: 'CONTROL_REFUSED',
      severity: 'warning',
      entity: 'dynamics/lead',
      sentence: 'A command was refused.',
      counts: { rows: 3 },
      facts: { controlId: 'c1', reason: 'NOT_PAUSED' },
      at: '2026-11-25T10:00:00Z',
    });

    expect(line).toBe(
      '2026-11-25T10:00:00Z warning CONTROL_REFUSED dynamics/lead A command was refused. controlId=c1 reason=NOT_PAUSED rows=3',
    );
  });
});
