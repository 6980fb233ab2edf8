import type { FieldValue } from '@lockstep/change-events';
import { v5 as uuidFromName } from 'uuid';
import type { AccountAct, BesideTable } from './actions.ts';
import type { World } from './world.ts';

const idSpace = '0d7a1c9e-3f42-4b58-8a53-6c1f0e9d2b77';

/** A person does something about accounts and what belongs to them; what is not there (any more) is left alone. */
export function applyAccountAct(world: World, act: AccountAct): void {
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
  }
}

const slotsOf = ({ accounts, opportunities }: World, kind: BesideTable): string[] =>
  kind === 'account' ? accounts : opportunities;

const idOf = (world: World, kind: BesideTable, slot: number): string => slotsOf(world, kind)[slot] ?? '';

const isLive = ({ dynamics }: World, table: string, id: string): boolean =>
  dynamics.rows(table).some((row) => row.id === id);

type Saved = { readonly slot: number; readonly again: boolean };

/** What is not there is made: the row that was deleted, as out of a recycle bin, or another one in its place. */
function save(
  world: World,
  kind: BesideTable,
  { slot, again }: Saved,
  fields: Record<string, FieldValue>,
): void {
  const former = idOf(world, kind, slot);
  if (isLive(world, kind, former)) return void world.dynamics.edit(kind, former, fields);
  const count = world.dynamics.states.filter(({ operation }) => operation === 'create').length;
  const id = again && former !== '' ? former : uuidFromName(`${kind} ${slot} ${count}`, idSpace);
  slotsOf(world, kind)[slot] = id;
  world.dynamics.seed(kind, [{ id, fields }]);
}

type Place = { readonly table: BesideTable; readonly slot: number };

function editLive(world: World, { table, slot }: Place, fields: Record<string, FieldValue>): void {
  const id = idOf(world, table, slot);
  if (isLive(world, table, id)) world.dynamics.edit(table, id, fields);
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

/** As Dynamics does when a customer is deleted: its contacts have none any more, its opportunities go with it. */
export function letGo({ dynamics }: World, customerId: string): void {
  for (const { id } of namedBy(dynamics, 'contact', 'parentcustomerid', customerId))
    dynamics.edit('contact', id, { parentcustomerid: null });
  for (const { id } of namedBy(dynamics, 'opportunity', 'customerid', customerId))
    dynamics.remove('opportunity', id);
}

/** As a merge of two contacts does: what belonged to the loser is the winner's. */
export function handOver({ dynamics }: World, loserId: string, winnerId: string): void {
  for (const { id } of namedBy(dynamics, 'opportunity', 'customerid', loserId))
    dynamics.edit('opportunity', id, { customerid: { id: winnerId, table: 'contact' } });
}

function namedBy(dynamics: World['dynamics'], table: string, column: string, id: string) {
  return dynamics.rows(table).filter(({ fields }) => {
    const named = fields[column];

    return typeof named === 'object' && named !== null && 'id' in named && named.id === id;
  });
}

function moveContact(
  world: World,
  { slot, account }: Extract<AccountAct, { readonly do: 'move-contact' }>,
): void {
  const id = contactAt(world, slot);
  const customer = account === null ? null : customerOf(world, 'account', idOf(world, 'account', account));
  if (id !== undefined && customer !== undefined)
    world.dynamics.edit('contact', id, { parentcustomerid: customer });
}

function opportunityFields(
  world: World,
  { name, customer }: Extract<AccountAct, { readonly do: 'edit-opportunity' }>,
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
