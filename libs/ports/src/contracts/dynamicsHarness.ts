import { tableDefinitions, type FieldValues, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsPage, DynamicsReader, DynamicsRow, DynamicsWriter } from '../dynamicsTable.ts';
import type { DynamicsRequests } from '../dynamicsRequests.ts';

/** A task as people see it; `ownerId` null: the one who created it. */
export type SeenTask = {
  readonly id: string;
  readonly subject: string;
  readonly description: string | null;
  readonly dueAt: string;
  readonly regardingId: string;
  readonly ownerId: string | null;
  readonly state: number;
  readonly status: number;
};

/** A member of a list of a campaign, as people see it. */
export type SeenMember = { readonly listName: string; readonly memberId: string };

/** What people do in Dynamics while the port is used; values in the port's own form. */
export type DynamicsHuman = {
  seed(table: string, rows: readonly { id: string; fields: FieldValues }[]): Promise<void>;
  edit(table: string, id: string, fields: FieldValues): Promise<void>;
  remove(table: string, id: string): Promise<void>;
  tasks(): Promise<readonly SeenTask[]>;
  seedCampaign(id: string, name: string): Promise<void>;
  /** Who is on lists that are attached to the campaign. */
  members(campaignId: string): Promise<readonly SeenMember[]>;
  /** Makes every position that was handed out so far invalid. */
  expirePositions(): Promise<void>;
};

/** An empty Dynamics with the default tables, read in pages of two. */
export type DynamicsHarness = {
  readonly dynamics: DynamicsReader & DynamicsWriter & DynamicsRequests;
  readonly human: DynamicsHuman;
  close(): Promise<void>;
};

export const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, 'a')}`;

export const lead = tableDefinitions['lead'] as TableDefinition;
const never = new AbortController().signal;

/** Follows a read to its delta link; the number of pages is bounded. */
export async function readAll(
  { dynamics }: DynamicsHarness,
  position: string | null,
): Promise<{ rows: DynamicsRow[]; deletedIds: string[]; position: string; pages: number }> {
  const rows: DynamicsRow[] = [];
  const deletedIds: string[] = [];
  let next = position;
  for (let pages = 1; pages <= 20; pages += 1) {
    const page: DynamicsPage = await dynamics.readPage(lead, next, never);
    rows.push(...page.rows);
    deletedIds.push(...page.deletedIds);
    if (page.complete) return { rows, deletedIds, position: page.position, pages };
    next = page.position;
  }
  throw new Error('the read does not end');
}

/** The one row of an empty table, as the port reads it. */
export async function onlyRow(harness: DynamicsHarness, fields: FieldValues): Promise<DynamicsRow> {
  await harness.human.seed('lead', [{ id: idOf(1), fields }]);
  const row = await harness.dynamics.read('lead', idOf(1));
  if (!row) throw new Error('the seeded row is not there');

  return row;
}
