import type { FieldValue } from '@lockstep/change-events';
import type { BesideAct } from './actions.ts';
import { idOf, isLive } from './besideRows.ts';
import { namingColumns } from './customRows.ts';
import type { World } from './world.ts';

type CustomEdit = Extract<BesideAct, { readonly do: 'edit-custom' }>;

/** What the row holds from now on; nobody can name a row that is not there. */
export function customFields(world: World, act: CustomEdit): Record<string, FieldValue> {
  const named = namedIn(world, act);

  return { new_name: act.name, ...(named !== undefined && { [namingColumns[act.table]]: named }) };
}

function namedIn(world: World, { table, whom }: CustomEdit): FieldValue | undefined {
  if (whom === null) return undefined;
  if (whom === 'nobody') return null;
  const row =
    table === 'new_visit' ? world.rows[whom] : { table: 'new_visit', id: idOf(world, 'new_visit', whom) };

  return row && isLive(world, row.table, row.id) ? { id: row.id, table: row.table } : undefined;
}
