import { topics, type WriteCommand } from '@lockstep/change-events';
import type { OutgoingMessage, Publisher } from '@lockstep/ports';

/** Which command of which person. */
export type CommandPlan = {
  readonly person: number;
  readonly marketoId: number;
  readonly revision: number;
  readonly lane: WriteCommand['lane'];
  /** With an address that Marketo refuses. */
  readonly isBad?: boolean;
};

const pageSize = 5_000;

export const goldenIdOf = (person: number): string =>
  `00000000-0000-4000-8000-${String(person).padStart(12, '0')}`;

/** An update of 14 fields, about 700 bytes as JSON. */
export function toCommand({ person, marketoId, revision, lane, isBad = false }: CommandPlan): WriteCommand {
  const goldenId = goldenIdOf(person);
  return {
    commandId: `${goldenId}/1.${revision}/marketo`,
    goldenId,
    revision: { epoch: 1, number: revision },
    operation: 'UPDATE',
    personId: String(marketoId),
    email: null,
    matchByEmail: false,
    fields: {
      email: isBad ? 'no address' : `person.${person}@example.com`,
      salutation: 'Ms.',
      firstName: `First ${person}`,
      lastName: `Last ${person}`,
      title: `Head of section ${person % 100}, revision ${revision}`,
      phone: `+49 228 ${person}`,
      mobilePhone: `+49 170 ${person}`,
      address: `Example Street ${person % 500}`,
      city: 'Bonn',
      country: 'Germany',
      postalCode: String(10_000 + (person % 90_000)),
      leadSource: 'Trade Show',
      rating: 'Warm',
      doNotCall: person % 7 === 0,
    },
    lane,
    issuedAt: new Date().toISOString(),
  };
}

/** Publishes the commands in transactions of 5,000. */
export async function publishCommands(publisher: Publisher, plans: readonly CommandPlan[]): Promise<void> {
  for (let at = 0; at < plans.length; at += pageSize)
    await publisher.publish(plans.slice(at, at + pageSize).map(toMessage));
}

function toMessage(plan: CommandPlan): OutgoingMessage {
  const value = toCommand(plan);
  const topic = plan.lane === 'BACKFILL' ? topics.writesBackfill : topics.writes;
  return { topic, key: value.goldenId, value };
}
