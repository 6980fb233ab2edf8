import type { FieldValue } from '@lockstep/change-events';
import type { BesideAct } from './actions.ts';
import { editLive, idOf, isLive, save, type Place } from './besideRows.ts';
import { customFields } from './customActs.ts';
import { namingColumns } from './customRows.ts';
import type { World } from './world.ts';

/** A person does something about records beside persons; what is not there (any more) is left alone. */
export function applyBesideAct(world: World, act: BesideAct): void {
  switch (act.do) {
    case 'name-account':
      return save(world, 'account', act, { name: act.name });
    case 'let':
      return editLive(world, act, { new_synctomkto: act.value });
    case 'remove':
      return removeOf(world, act);
    case 'move-contact':
      return moveContact(world, act);
    case 'move-person':
      return movePerson(world, act.slot, idOf(world, 'account', act.account));
    case 'edit-opportunity':
      return save(world, 'opportunity', act, opportunityFields(world, act));
    case 'edit-custom':
      return save(world, act.table, act, customFields(world, act));
  }
}

function removeOf(world: World, { table, slot }: Place): void {
  const id = idOf(world, table, slot);
  if (!isLive(world, table, id)) return;
  world.dynamics.remove(table, id);
  letGo(world, id);
}

function movePerson({ marketo, objects }: World, place: number, companyId: string): void {
  const persons = marketo.persons();
  const person = persons[place % Math.max(1, persons.length)];
  const isThere = objects.records('company').some((company) => company['externalCompanyId'] === companyId);
  if (person && isThere) marketo.edit(person.id, { externalCompanyId: companyId });
}

/** As Dynamics does when a row is deleted: its contacts and custom rows name nobody any more, its opportunities go with it. */
export function letGo({ dynamics }: World, deletedId: string): void {
  for (const [table, column] of namings)
    for (const { id } of namedBy(dynamics, table, column, deletedId))
      if (table === 'opportunity') dynamics.remove(table, id);
      else dynamics.edit(table, id, { [column]: null });
}

const namings = [
  ['contact', 'parentcustomerid'],
  ['opportunity', 'customerid'],
  ...Object.entries(namingColumns),
] as const;

/** As a merge of two rows does: what belonged to the loser is the winner's. */
export function handOver({ dynamics }: World, loserId: string, winner: FieldValue): void {
  for (const [table, column] of namings)
    for (const { id } of namedBy(dynamics, table, column, loserId))
      dynamics.edit(table, id, { [column]: winner });
}

function namedBy(dynamics: World['dynamics'], table: string, column: string, id: string) {
  return dynamics.rows(table).filter(({ fields }) => {
    const named = fields[column];

    return typeof named === 'object' && named !== null && 'id' in named && named.id === id;
  });
}

function moveContact(
  world: World,
  { slot, account }: Extract<BesideAct, { readonly do: 'move-contact' }>,
): void {
  const id = contactAt(world, slot);
  const customer = account === null ? null : customerOf(world, 'account', idOf(world, 'account', account));
  if (id !== undefined && customer !== undefined)
    world.dynamics.edit('contact', id, { parentcustomerid: customer });
}

function opportunityFields(
  world: World,
  { name, customer }: Extract<BesideAct, { readonly do: 'edit-opportunity' }>,
): Record<string, FieldValue> {
  const named = customer ? customerIn(world, customer) : undefined;

  return { name, ...(named !== undefined && { customerid: named }) };
}

function customerIn(world: World, { table, slot }: { readonly table: string; readonly slot: number }) {
  const id = table === 'account' ? idOf(world, table, slot) : contactAt(world, slot);

  return id === undefined ? undefined : customerOf(world, table, id);
}

/** Of the contacts that are there. */
function contactAt(world: World, place: number): string | undefined {
  const contacts = world.rows.filter(({ table, id }) => table === 'contact' && isLive(world, table, id));

  return contacts[place % Math.max(1, contacts.length)]?.id;
}

/** Nobody can name a row that is not there. */
const customerOf = (world: World, table: string, id: string): FieldValue | undefined =>
  isLive(world, table, id) ? { id, table } : undefined;
