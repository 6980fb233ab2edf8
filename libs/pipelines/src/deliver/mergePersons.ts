import type { DeliveryOutcome, WriteCommand } from '@lockstep/change-events';
import { mergeLosersMax } from '@lockstep/ports';
import { outcomeOf, type Answer } from './deliveryOutcome.ts';
import type { Found, MarketoCallOptions } from './personSearch.ts';
import { writeRecords } from './writeRecords.ts';

/**
 * Merges those losers that are still there, in one call. Who is looked up first, so that a repeat after an unknown outcome
 * finds nobody left and says MERGED; what the winner got from them is told by the feed of merges.
 */
export async function mergePersons(
  options: MarketoCallOptions,
  findById: (personId: string) => Promise<Found>,
  command: WriteCommand,
): Promise<DeliveryOutcome> {
  const { personId: winnerId, loserIds } = command;
  const say = (answer: Answer) => outcomeOf(command, answer, options.clock.now());
  if (winnerId === null || !isMergeable(winnerId, loserIds))
    return say({ result: 'REFUSED', code: 'MESSAGE_UNEXPECTED' });
  const there = await idsThere([winnerId, ...loserIds], findById);
  if (!there.has(winnerId)) return say({ result: 'NOT_FOUND' });
  const left = [...new Set(loserIds)].filter((id) => there.has(id));
  if (left.length === 0) return say({ result: 'MERGED' });
  const [outcome] = await writeRecords(options, async () => {
    await options.people.mergePersons(winnerId, left);

    return [{ result: 'MERGED' }];
  }, [command]);

  return outcome ?? say({ result: 'UNKNOWN', code: 'MARKETO_ANSWER_INVALID' });
}

function isMergeable(winnerId: string, loserIds: WriteCommand['loserIds']): loserIds is readonly string[] {
  if (!loserIds || loserIds.length === 0 || loserIds.length > mergeLosersMax) return false;

  return !loserIds.includes(winnerId);
}

/** One search for all, as the gatherer of searches sees to. */
async function idsThere(
  ids: readonly string[],
  findById: (personId: string) => Promise<Found>,
): Promise<ReadonlySet<string>> {
  const found = await Promise.all(ids.map(findById));

  return new Set(found.flatMap(({ persons }) => persons.map(({ id }) => id)));
}
