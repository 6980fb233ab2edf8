import { SyncError, topics } from '@lockstep/change-events';
import { inMemoryEventLog, type LogPoint } from '@lockstep/ports';
import type { Stepper } from './extractChanges.ts';
import { eventsOf, step } from './pipelineFixtures.ts';
import { reopeningPublisher, reopeningStepper } from './reopen.ts';

const message = (value: string) => ({ topic: topics.requests, key: 'k', value });

function createFailing(at: LogPoint) {
  const faults = { left: 1 };
  const log = inMemoryEventLog({
    atPoint(point) {
      if (point === at && faults.left-- > 0) throw new SyncError('KAFKA_UNREACHABLE');
    },
  });
  return { log, published: () => eventsOf<string>(log, topics.requests) };
}

describe('a publisher that reopens', () => {
  it('publishes again after a failure that used up the one before', async () => {
    const { log, published } = createFailing('publish');
    const publisher = reopeningPublisher(log, 'sweep');

    await expect(publisher.publish([message('lost')])).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    await publisher.publish([message('first')]);
    await publisher.publish([message('second')]);

    expect(published()).toEqual(['first', 'second']);
  });

  it('keeps one publisher while it works, so that whoever takes its id over fences it', async () => {
    const { log, published } = createFailing('committed');
    const publisher = reopeningPublisher(log, 'sweep');
    await publisher.publish([message('first')]);
    await log.openPublisher('sweep');

    await expect(publisher.publish([message('fenced')])).rejects.toMatchObject({ code: 'KAFKA_FENCED' });

    expect(published()).toEqual(['first']);
  });
});

describe('a stepper that reopens', () => {
  function createSteps(...errors: (SyncError | null)[]) {
    const told: string[] = [];
    let sessions = 0;
    const open = async (): Promise<Stepper & { session: number }> => {
      const session = (sessions += 1);
      told.push(`open ${session}`);
      return {
        session,
        async step() {
          const error = errors.shift();
          if (error) throw error;
          told.push(`step ${session}`);
          return { idleMs: 7 };
        },
        close: async () => void told.push(`close ${session}`),
      };
    };
    return { told, stepper: reopeningStepper(open) };
  }

  it('opens its session at the first step and keeps it', async () => {
    const { told, stepper } = createSteps();
    expect(stepper.current()).toBeNull();

    expect(await step(stepper)).toEqual({ idleMs: 7 });
    await step(stepper);
    await stepper.close();

    expect(told).toEqual(['open 1', 'step 1', 'step 1', 'close 1']);
    expect(stepper.current()).toMatchObject({ session: 1 });
  });

  it('ends a session that the broker failed, and opens another at the next step', async () => {
    const { told, stepper } = createSteps(new SyncError('KAFKA_UNREACHABLE'));

    await expect(step(stepper)).rejects.toMatchObject({ code: 'KAFKA_UNREACHABLE' });
    expect(stepper.current()).toBeNull();
    await step(stepper);

    expect(told).toEqual(['open 1', 'close 1', 'open 2', 'step 2']);
  });

  it.each(['DYNAMICS_BUSY', 'REGISTRY_UNREACHABLE'] as const)('keeps its session after %s', async (code) => {
    const { told, stepper } = createSteps(new SyncError(code));

    await expect(step(stepper)).rejects.toMatchObject({ code });
    await step(stepper);

    expect(told).toEqual(['open 1', 'step 1']);
  });
});
