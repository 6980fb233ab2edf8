import { v5 as uuidFromName } from 'uuid';
import type { OrganizationState } from '../../core/organizationState.ts';
import { jsonAnswer, type Answer, type Call } from '../call.ts';
import type { Operation } from '../operations.ts';

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

function messageRow(name: string): Readonly<Record<string, string>> {
  return { sdkmessageid: uuidFromName(`message/${name}`, idSpace), name };
}

function isWanted(filter: string | undefined, property: RegExp, value: string): boolean {
  const wanted = property.exec(filter ?? '')?.[1];
  return wanted === undefined || wanted.toLowerCase() === value.toLowerCase();
}

function collection(call: Call, set: string, value: readonly unknown[]): Answer {
  return jsonAnswer(200, JSON.stringify({ '@odata.context': `${call.base}/$metadata#${set}`, value }));
}

function sdkMessages(_state: OrganizationState, call: Call): Answer {
  const wanted = messages.filter((name) => isWanted(call.query['$filter'], /\bname eq '(\w+)'/, name));
  return collection(call, 'sdkmessages', wanted.map(messageRow));
}

function sdkMessageFilters(state: OrganizationState, call: Call): Answer {
  const filter = call.query['$filter'];
  const rows = [];
  for (const name of messages.filter((each) => isWanted(filter, /sdkmessageid\/name eq '(\w+)'/, each)))
    for (const table of state.tables.values())
      if (table.isWritable && isWanted(filter, /primaryobjecttypecode eq '(\w+)'/, table.name))
        rows.push({
          sdkmessagefilterid: uuidFromName(`filter/${name}/${table.name}`, idSpace),
          primaryobjecttypecode: table.name,
          _sdkmessageid_value: messageRow(name)['sdkmessageid'],
          sdkmessageid: messageRow(name),
        });
  return collection(call, 'sdkmessagefilters', rows);
}

const read = { method: 'GET', binding: 'none' } as const;

/** Which messages a table has: how a client tests whether a bulk message is there (facts, section 3.5). */
export const messageFilters: readonly (readonly [string, Operation])[] = [
  ['sdkmessages', { ...read, answer: sdkMessages }],
  ['sdkmessagefilters', { ...read, answer: sdkMessageFilters }],
];
