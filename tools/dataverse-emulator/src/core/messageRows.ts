import { v5 as uuidFromName } from 'uuid';
import { dateTimeText } from './readValue.ts';
import { lookupTableAnnotation } from './columnDefinition.ts';
import { nowMs, type OrganizationState } from './organizationState.ts';
import type { TableDefinition } from './tableDefinition.ts';

const idSpace = '2d0a5c1e-8f3b-4d57-9b0e-53c1f6a7e201';
const messages = [
  'Create',
  'Update',
  'Delete',
  'Retrieve',
  'RetrieveMultiple',
  'CreateMultiple',
  'UpdateMultiple',
  'UpsertMultiple',
];

/** The tables of the pipeline raise no events themselves. */
const ofPipeline = /^(?:serviceendpoint|sdkmessage)/;

const messageId = (name: string): string => uuidFromName(`message/${name}`, idSpace);
const filterId = (message: string, table: string): string =>
  uuidFromName(`filter/${message}/${table}`, idSpace);

/** The service's own rows are not edits: they do not go into the log of states. */
function put(
  state: OrganizationState,
  table: string,
  id: string,
  cells: Readonly<Record<string, string | boolean>>,
): void {
  const at = dateTimeText(nowMs(state));
  state.store.save(table, id, (versionnumber) => ({
    [`${table}id`]: id,
    ...cells,
    createdon: at,
    modifiedon: at,
    versionnumber,
  }));
}

/** A row for each message there is. */
export function addMessageRows(state: OrganizationState): void {
  for (const name of messages) put(state, 'sdkmessage', messageId(name), { name, isprivate: false });
  for (const table of state.tables.values()) addMessageFilters(state, table);
}

/** Whether a table has the bulk messages, as all do that can be written. */
export function hasBulkMessages({ name, isWritable }: TableDefinition): boolean {
  return isWritable && !ofPipeline.test(name);
}

/** A row for each message that a table has: how a client tests for bulk messages, and what steps are for (facts, section 3.5). */
export function addMessageFilters(state: OrganizationState, table: TableDefinition): void {
  if (!hasBulkMessages(table)) return;
  for (const message of messages) {
    const id = filterId(message, table.name);
    if (state.store.version('sdkmessagefilter', id) !== undefined) continue;
    put(state, 'sdkmessagefilter', id, {
      primaryobjecttypecode: table.name,
      iscustomprocessingstepallowed: true,
      _sdkmessageid_value: messageId(message),
      [`_sdkmessageid_value@${lookupTableAnnotation}`]: 'sdkmessage',
    });
  }
}

/** Takes the rows of a table's messages away, and the steps that were registered on them. */
export function removeMessageFilters(state: OrganizationState, { name }: TableDefinition): void {
  const filters = new Set(messages.map((message) => filterId(message, name)));
  for (const row of [...state.store.rows('sdkmessageprocessingstep')])
    if (filters.has(String(row['_sdkmessagefilterid_value'])))
      state.store.remove('sdkmessageprocessingstep', String(row['sdkmessageprocessingstepid']));
  for (const id of filters) state.store.remove('sdkmessagefilter', id);
}
