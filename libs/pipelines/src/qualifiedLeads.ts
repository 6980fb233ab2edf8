import type { LinkStore } from '@lockstep/ports';
import { goldenIdOf, rowKey } from '@lockstep/reconciliation';

/**
 * Golden ids of the leads that contacts carry on, by the contacts' row keys. `origins` are lead ids by the keys of contacts
 * that nobody has linked. A lead is carried on by one contact, the first that is linked: others of the same lead are not
 * in the answer. A lead that nobody knows yet is linked, so that it finds its contact when it comes (F-26, G-10).
 */
export async function goldenIdsOfLeads(
  links: LinkStore,
  origins: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  if (origins.size === 0) return origins;
  const heirs = await links.link(
    new Map([...origins].map(([contact, lead]) => [heirKey(lead), goldenIdOf(contact)])),
  );
  const carriedOn = [...origins].filter(
    ([contact, lead]) => heirs.get(heirKey(lead)) === goldenIdOf(contact),
  );
  const leads = await links.link(
    new Map(carriedOn.map(([, lead]) => [leadKey(lead), goldenIdOf(leadKey(lead))])),
  );

  return new Map(
    carriedOn.map(([contact, lead]) => [contact, leads.get(leadKey(lead)) ?? goldenIdOf(contact)]),
  );
}

/** Beside the links of rows: the golden id that the contact of a lead would have of its own. */
const heirKey = (leadId: string): string => `heir/lead/${leadId}`;

const leadKey = (id: string): string => rowKey({ system: 'dynamics', table: 'lead', id });
