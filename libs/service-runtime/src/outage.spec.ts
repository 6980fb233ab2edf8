import { SyncError } from '@lockstep/change-events';
import { createLogger } from './logger.ts';
import { createOutage } from './outage.ts';
import { createReadiness } from './readiness.ts';

function createSetting() {
  const lines: { msg?: string; failures?: number; seconds?: number }[] = [];
  const destination = { write: (line: string) => lines.push(JSON.parse(line) as (typeof lines)[number]) };
  const log = createLogger({ service: 'reconciler', level: 'info', destination });
  const readiness = createReadiness();
  let nowMs = 0;
  const clock = { monotonic: () => nowMs };
  const outage = createOutage({ component: 'readers', log, readiness, clock });

  return { outage, readiness, lines, advance: (elapsedMs: number) => (nowMs += elapsedMs) };
}

const away = new SyncError('MONGODB_UNREACHABLE');

describe('an outage', () => {
  it('is told once when it begins and once when it ends, and is a reason in between', () => {
    const { outage, readiness, lines, advance } = createSetting();

    expect([outage.failed(away), outage.failed(away)]).toEqual([1, 2]);
    expect(readiness.reasons()).toEqual([expect.stringContaining('readers: MONGODB_UNREACHABLE')]);
    advance(3_000);
    outage.worked();

    expect(readiness.reasons()).toEqual([]);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatchObject({ failures: 2, seconds: 3 });
  });

  it('is no reason any more once nobody tries, without a word that it works', () => {
    const { outage, readiness, lines } = createSetting();
    outage.failed(away);

    outage.ended();

    expect(readiness.reasons()).toEqual([]);
    expect(lines).toHaveLength(1);
  });
});
