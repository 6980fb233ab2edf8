import { SyncError } from '@lockstep/change-events';
import type { PrivilegeKind, TableRights, WritingRights } from '@lockstep/ports';
import type { DynamicsContext } from './dynamicsContext.ts';
import { itemsOf, objectOf } from './entityMetadata.ts';
import { faultOf, failure, readFailure } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { retryReads } from './retryReads.ts';

type Needs = ReadonlyMap<string, readonly PrivilegeKind[]>;
type Ask = (table: string, path: string) => Promise<HttpAnswer>;

/** Reads metadata, and what our user may do by its own roles and those of its teams; writes nothing. */
export async function readRights(
  context: DynamicsContext,
  needs: Needs,
  signal: AbortSignal,
): Promise<WritingRights> {
  const ask: Ask = (table, path) => retryReads(() => send(context, { table, path, signal }), signal);
  const who = await ask('systemuser', 'WhoAmI()');
  const { UserId: userId } = objectOf('systemuser', who.text);
  if (typeof userId !== 'string')
    throw new SyncError('DYNAMICS_ANSWER_INVALID', { table: 'systemuser', part: 'WhoAmI' });
  const tables = new Map<string, TableRights>();
  for (const [table, kinds] of needs) tables.set(table, await rightsOf(ask, { userId, table, kinds }));

  return { clockLeadMs: clockLeadMs(who), tables };
}

const metadata = [
  '$select=LogicalName,Privileges',
  '$expand=Attributes($select=LogicalName,AttributeOf,IsValidForUpdate)',
].join('&');

type Question = {
  readonly userId: string;
  readonly table: string;
  readonly kinds: readonly PrivilegeKind[];
};

async function rightsOf(ask: Ask, { userId, table, kinds }: Question): Promise<TableRights> {
  const path = `EntityDefinitions(LogicalName='${encodeURIComponent(table)}')`;
  const { Privileges: all, Attributes: attributes } = objectOf(
    table,
    (await ask(table, `${path}?${metadata}`)).text,
  );
  const needed = itemsOf(table, all).filter(({ PrivilegeType: kind }) => kinds.some((one) => one === kind));
  const depths = await depthsOf(ask, { userId, table, names: needed.map(({ Name }) => String(Name)) });
  const lengths = new Map<string, number>();
  for (const type of ['String', 'Memo']) {
    const query = `Attributes/Microsoft.Dynamics.CRM.${type}AttributeMetadata?$select=LogicalName,MaxLength`;
    const { value } = objectOf(table, (await ask(table, `${path}/${query}`)).text);
    for (const { LogicalName: name, MaxLength: length } of itemsOf(table, value))
      if (typeof length === 'number') lengths.set(String(name), length);
  }
  const writable = itemsOf(table, attributes).filter(({ IsValidForUpdate }) => IsValidForUpdate === true);

  return {
    lacks: [...depths].flatMap(([name, depth]) => (depth === null ? [name] : [])),
    partial: [...depths].flatMap(([name, depth]) => (depth === null || depth === 'Global' ? [] : [name])),
    lengths: new Map(
      writable.map(({ LogicalName: name }) => [String(name), lengths.get(String(name)) ?? null]),
    ),
  };
}

/** How far each privilege reaches, `Global` being everything; null for one that our user does not have. */
async function depthsOf(
  ask: Ask,
  {
    userId,
    table,
    names,
  }: { readonly userId: string; readonly table: string; readonly names: readonly string[] },
): Promise<ReadonlyMap<string, string | null>> {
  const depths = new Map<string, string | null>(names.map((name) => [name, null]));
  if (names.length === 0) return depths;
  const list = encodeURIComponent(JSON.stringify(names));
  const path = `systemusers(${userId})/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@names)?@names=${list}`;
  const { RolePrivileges: held } = objectOf(table, (await ask(table, path)).text);
  for (const { PrivilegeName: name, Depth: depth } of itemsOf(table, held))
    depths.set(String(name), String(depth));

  return depths;
}

type Read = { readonly table: string; readonly path: string; readonly signal: AbortSignal };

async function send(context: DynamicsContext, { table, path, signal }: Read): Promise<HttpAnswer> {
  const answer = await context.client.send({
    operation: 'describe',
    lane: 'CONTROL',
    table,
    method: 'GET',
    url: context.urlOf(path),
    signal,
  });
  if (answer.status === 200) return answer;
  if (faultOf(answer).status === 404) throw failure('DYNAMICS_TABLE_UNKNOWN', answer, table);
  throw readFailure(answer, { table, hasPosition: false });
}

/** By how much the clock of the server is ahead of ours, in whole seconds; null when it does not tell. */
function clockLeadMs({ headers }: HttpAnswer): number | null {
  const atMs = Date.parse(String(headers['date']));

  return Number.isNaN(atMs) ? null : atMs - Date.now();
}
