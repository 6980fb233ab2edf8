import { topics, type ChangeEvent, type DeadLetter, type ErrorCode } from '@lockstep/change-events';
import type { Clock, OutgoingMessage, Publisher } from '@lockstep/ports';
import { publishPage } from '../publishPage.ts';

export type PersonPublisherOptions = {
  readonly clock: Pick<Clock, 'now'>;
  readonly onDeadLetter?: (code: ErrorCode) => void;
};

const personTopics = [topics.marketingChanges('lead'), topics.marketingChanges('contact')];

/**
 * Publishes what is told of persons. One whose rows of evidence are too long together is told without them, as by a
 * read; one who does not fit a message even so is set aside and delays nobody.
 */
export function createPersonPublisher(
  publisher: Publisher,
  { clock, onDeadLetter = () => {} }: PersonPublisherOptions,
): Publisher {
  return {
    async publish(messages) {
      const events = { topics: personTopics, table: 'person', nowMs: clock.now(), shortened };
      const published = await publishPage(publisher, [...messages], events);
      for (const { topic, value } of published)
        if (topic === topics.deadLetters) onDeadLetter((value as DeadLetter).code as ErrorCode);
    },
    close: () => publisher.close(),
  };
}

function shortened(message: OutgoingMessage): OutgoingMessage | null {
  const event = message.value as ChangeEvent;

  return event.evidence === null ? null : { ...message, value: { ...event, evidence: null } };
}
