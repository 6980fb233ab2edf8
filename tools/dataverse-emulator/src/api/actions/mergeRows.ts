import { badRequest, errorCodes } from '../../core/dataverseError.ts';
import type { OrganizationState } from '../../core/organizationState.ts';
import type { TableDefinition } from '../../core/tableDefinition.ts';
import { inTransaction } from '../../core/transaction.ts';
import { updateRow } from '../../core/writeRow.ts';
import { emptyAnswer, type Answer, type Call } from '../call.ts';
import { requirePrivilege } from '../privileges.ts';
import {
  columnsOf,
  isMembers,
  lookupMembers,
  parametersOf,
  requireRow,
  typeOf,
  type Members,
} from './actionBody.ts';

const mergeable = new Set(['account', 'contact', 'lead']);
const keptLookups = new Set([
  'masterid',
  'createdby',
  'modifiedby',
  'createdonbehalfby',
  'modifiedonbehalfby',
]);

function save(state: OrganizationState, table: TableDefinition, id: string, body: Members): void {
  updateRow(state, { table, body, actor: state.application, isPrivileged: true }, id);
}

/** Rows of any table that point at the subordinate point at the target from now on, each with a new version. */
function moveChildren(state: OrganizationState, parent: TableDefinition, from: string, to: string): void {
  for (const table of state.tables.values()) {
    const lookups = table.columns.filter(
      ({ name, navigation }) =>
        !keptLookups.has(name) && navigation?.some((each) => each.table === parent.name),
    );
    if (lookups.length === 0) continue;
    for (const row of [...state.store.rows(table.name)]) {
      const moved = lookups.filter(({ property }) => row[property] === from);
      if (moved.length > 0 && row[table.key] !== to)
        save(
          state,
          table,
          String(row[table.key]),
          Object.assign({}, ...moved.map(({ name }) => lookupMembers(name, parent.name, to))) as Members,
        );
    }
  }
}

function pairOf(
  state: OrganizationState,
  parameters: Members,
): { readonly table: TableDefinition; readonly target: string; readonly subordinate: string } {
  const { Target: target, Subordinate: subordinate } = parameters;
  if (!isMembers(target) || !isMembers(subordinate))
    throw badRequest(errorCodes.invalidArgument, "The parameters 'Target' and 'Subordinate' are required.");
  const table = typeOf(state, target);
  if (!mergeable.has(table.name) || typeOf(state, subordinate) !== table)
    throw badRequest('0x80045302', `Rows of '${table.name}' cannot be merged with each other.`);
  const ids = [target, subordinate].map((each) =>
    String(requireRow(state, table, each[table.key])[table.key]),
  );
  return { table, target: ids[0] ?? '', subordinate: ids[1] ?? '' };
}

function refusePair(
  state: OrganizationState,
  { table, target, subordinate }: ReturnType<typeof pairOf>,
): void {
  if (target === subordinate) throw badRequest('0x80045305', 'A row cannot be merged with itself.');
  for (const id of [target, subordinate])
    if (state.store.row(table.name, id)?.['statecode'] !== 0)
      throw badRequest('0x80045304', 'An inactive row cannot be merged.');
}

/** Merge: the subordinate is closed and points at the target; its children move (facts, section 3.8). */
export function mergeRows(state: OrganizationState, call: Call): Answer {
  const parameters = parametersOf(call);
  const pair = pairOf(state, parameters);
  const { table, target, subordinate } = pair;
  requirePrivilege(state, 'Write', table);
  refusePair(state, pair);
  const content = parameters['UpdateContent'];
  inTransaction(state, () => {
    const request = {
      table,
      body: isMembers(content) ? columnsOf(content, table.key) : {},
      actor: state.application,
      isPrivileged: false,
    };
    updateRow(state, request, target);
    moveChildren(state, table, subordinate, target);
    save(state, table, subordinate, {
      statecode: table.name === 'lead' ? 2 : 1,
      merged: true,
      ...lookupMembers('masterid', table.name, target),
    });
  });
  return emptyAnswer(204);
}
