import type { Actor } from './actor.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import type { Commit } from './rowStore.ts';

/** Puts a change into the log of states. `written` are the properties that its author wrote, whether they changed or not. Throws what a synchronous webhook refuses it with. */
export function commitChange(
  state: OrganizationState,
  actor: Actor,
  change: Commit,
  written: readonly string[] = [],
): Commit {
  const entry = { ...change, atMs: nowMs(state), actor, written };
  state.judgement?.judge(entry);
  state.states.append(entry);
  return change;
}
