import { isSyncError } from '@lockstep/change-events';
import type { EventLog, Publisher } from '@lockstep/ports';
import type { Stepper } from './extractChanges.ts';

/**
 * A publisher is used up by its first failure: nobody knows what the broker kept. The next publish opens a new one under
 * the same id, which ends what the former may have left behind.
 */
export function reopeningPublisher(log: EventLog, id: string): Publisher {
  let publisher: Promise<Publisher> | null = null;
  const abandon = async (failed: Promise<Publisher>): Promise<void> => {
    if (publisher === failed) publisher = null;
    await failed.then((former) => former.close()).catch(() => undefined);
  };
  return {
    async publish(messages) {
      const present = (publisher ??= log.openPublisher(id));
      try {
        await (await present).publish(messages);
      } catch (error) {
        await abandon(present);
        throw error;
      }
    },
    async close() {
      if (publisher) await abandon(publisher);
    },
  };
}

/** A stepper whose session is opened at its first step, and anew (checkpoint included) after the broker failed it. */
export function reopeningStepper<S extends Stepper>(
  open: () => Promise<S>,
): Stepper & { current(): S | null } {
  let stepper: S | null = null;
  return {
    current: () => stepper,
    async step(signal) {
      const present = (stepper ??= await open());
      try {
        return await present.step(signal);
      } catch (error) {
        if (isSyncError(error, 'KAFKA_UNREACHABLE')) {
          stepper = null;
          await present.close();
        }
        throw error;
      }
    },
    async close() {
      await stepper?.close();
    },
  };
}
