import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import type { DynamicsOwner } from '@lockstep/ports';
import { validate as isUuid } from 'uuid';
import type { DynamicsContext } from './dynamicsContext.ts';
import { readFailure } from './failures.ts';
import { readRowsAnswer } from './readAnswer.ts';
import { retryReads } from './retryReads.ts';

/** By which columns a user or team may be named, and which of them may own rows (dataverse facts 3.8). */
const kinds = {
  systemuser: { names: ['internalemailaddress', 'domainname', 'fullname'], only: 'isdisabled eq false' },
  team: { names: ['emailaddress', 'name'], only: 'teamtype eq 0' },
} as const;

const ownersToldMax = 2;

/** Enabled users and owner teams of a GUID, an address or a full name; Dataverse compares without regard to case. */
export async function findOwners(context: DynamicsContext, text: string): Promise<readonly DynamicsOwner[]> {
  const found = [
    ...(await findIn(context, 'systemuser', text.trim())),
    ...(await findIn(context, 'team', text.trim())),
  ];

  return found.slice(0, ownersToldMax);
}

async function findIn(
  context: DynamicsContext,
  table: DynamicsOwner['table'],
  text: string,
): Promise<readonly DynamicsOwner[]> {
  const { names, only } = kinds[table];
  const { entitySet, primaryKey } = tableDefinitions[table] as TableDefinition;
  const literal = `'${text.replaceAll("'", "''")}'`;
  const named = isUuid(text)
    ? `${primaryKey} eq ${text}`
    : names.map((name) => `${name} eq ${literal}`).join(' or ');
  const filter = encodeURIComponent(`${only} and (${named})`);
  const url = context.urlOf(
    `${entitySet}?$select=${primaryKey},versionnumber&$filter=${filter}&$top=${ownersToldMax}`,
  );
  const rows = await retryReads(() => readKeys(context, table, url));

  return rows.map(({ id }) => ({ table, id }));
}

async function readKeys(context: DynamicsContext, table: DynamicsOwner['table'], url: string) {
  const definition = { ...(tableDefinitions[table] as TableDefinition), fields: [], hasModified: false };
  const answer = await context.client.send({
    operation: 'findOwners',
    lane: 'LIVE',
    table,
    method: 'GET',
    url,
  });
  if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: false });

  return readRowsAnswer(definition, context.origin, answer.text).rows;
}
