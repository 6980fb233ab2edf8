import type { ClaimStore, GoldenStore, LinkStore } from '@lockstep/ports';
import { claimOf, type GoldenRecord } from '@lockstep/reconciliation';

/** Where records are looked up. */
export type RecordStores = {
  readonly golden: Pick<GoldenStore, 'load'>;
  readonly links: Pick<LinkStore, 'resolve'>;
  readonly claims: Pick<ClaimStore, 'read'>;
};

/** By the key of a row (`dynamics/lead/<id>`), a person's id in Marketo, an email address, or a golden id. */
export type Sought = {
  readonly row?: string;
  readonly person?: string;
  readonly email?: string;
  readonly goldenId?: string;
};

const recordsMax = 50;

/** The golden records of a row, a person or an address, aliases as they are stored; addresses are known of persons that are matched by them. */
export async function findRecords(stores: RecordStores, sought: Sought): Promise<readonly GoldenRecord[]> {
  const goldenIds = await findIds(stores, sought);
  const records = await stores.golden.load(goldenIds.slice(0, recordsMax));

  return [...records.values()];
}

/** Dynamics shows the id of a row in capitals or braces here and there. */
const asStored = (row: string): string =>
  row.startsWith('dynamics/') ? row.toLowerCase().replace(/[{}]/g, '') : row;

async function findIds(
  { links, claims }: RecordStores,
  { row, person, email, goldenId }: Sought,
): Promise<readonly string[]> {
  const rows = [...(row ? [asStored(row)] : []), ...(person ? [`marketo/person/${person}`] : [])];
  const linked = rows.length === 0 ? new Map<string, string>() : await links.resolve(rows);
  const claim = email === undefined ? null : claimOf(email);
  const claiming = claim === null ? [] : ((await claims.read([claim])).get(claim) ?? []);

  return [
    ...new Set([
      ...(goldenId ? [goldenId] : []),
      ...linked.values(),
      ...claiming.map((found) => found.goldenId),
    ]),
  ];
}
