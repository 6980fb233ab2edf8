import { marketoBatchMax, type MemberPage } from '@lockstep/ports';
import { isNotThere, positionFailure } from './failures.ts';
import type { MarketoClient } from './marketoClient.ts';
import { invalid, objectsOf, readPerson } from './readValues.ts';

/** A page of a static list; null when there is none of that id. */
export async function readMembers(
  client: MarketoClient,
  listId: string,
  position: string | null,
): Promise<MemberPage | null> {
  const query = {
    ...{ fields: 'id', batchSize: String(marketoBatchMax) },
    ...(position !== null && { nextPageToken: position }),
  };
  try {
    const page = await client.call({ kind: 'read', path: `lists/${listId}/leads.json`, query });
    if (!Array.isArray(page.result)) throw invalid('result');
    const { nextPageToken } = page;

    return {
      personIds: objectsOf(page.result).map((json) => readPerson([], json).id),
      position: typeof nextPageToken === 'string' && nextPageToken !== '' ? nextPageToken : null,
    };
  } catch (error) {
    if (position !== null) throw positionFailure(error);
    if (isNotThere(error)) return null;
    throw error;
  }
}
