import { DataverseError } from '../core/dataverseError.ts';
import type { Actor } from '../core/actor.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { humanActor } from '../core/users.ts';

/** The table of that name. Throws 404 when the emulator has none. */
export function requireTable(state: OrganizationState, name: string): TableDefinition {
  const table = state.tables.get(name);
  if (!table) throw new DataverseError(404, '0x80041102', `The emulator has no table '${name}'.`);
  return table;
}

/** The application acts under its own name, everybody else is a human. */
export function actorOf(state: OrganizationState, name: string | undefined): Actor {
  const application = [...state.applications.values()].find(({ actor }) => actor.name === name);
  return application?.actor ?? humanActor(state, name);
}
