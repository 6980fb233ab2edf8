import { SyncError } from '@lockstep/change-events';
import type { DynamicsContext } from './dynamicsContext.ts';
import { objectOf, type AttributeMetadata, type Json } from './entityMetadata.ts';
import { failure, faultOf, meaningOf } from './failures.ts';
import { retryReads } from './retryReads.ts';

type Read = { readonly table: string; readonly path: string; readonly signal: AbortSignal };

/**
 * Those of the secured columns that our user may read, by metadata id. Column security answers null for the others, which
 * would look like a value (design section 4), so a column that we cannot be sure of counts as hidden.
 */
export async function readableColumns(
  context: DynamicsContext,
  read: {
    readonly table: string;
    readonly secured: readonly AttributeMetadata[];
    readonly signal: AbortSignal;
  },
): Promise<ReadonlySet<string>> {
  const { table, secured, signal } = read;
  if (secured.length === 0) return new Set();
  const { UserId: userId } = await ask(context, { table, path: 'WhoAmI()', signal });
  if (typeof userId !== 'string') throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'WhoAmI' });
  const path = `systemusers(${userId})/Microsoft.Dynamics.CRM.RetrievePrincipalAttributePrivileges()`;
  const { AttributePrivileges: privileges } = await ask(context, { table, path, signal });
  const granted = (Array.isArray(privileges) ? (privileges as readonly Json[]) : []).filter(({ CanRead }) =>
    isGranted(CanRead),
  );

  return new Set(granted.map(({ AttributeId: id }) => String(id).toLowerCase()));
}

/** A number of the enumeration FieldPermissionType: 0 not allowed, 4 allowed. */
function isGranted(permission: unknown): boolean {
  return permission === 4 || permission === true || permission === 'Allowed';
}

/** Through `retryReads`; an answer that refuses the question itself says nothing: `{}`. */
function ask(context: DynamicsContext, { table, path, signal }: Read): Promise<Json> {
  return retryReads(async () => {
    const answer = await context.client.send({
      operation: 'describe',
      lane: 'CONTROL',
      table,
      method: 'GET',
      url: context.urlOf(path),
      signal,
    });
    if (answer.status === 200) return objectOf(table, answer.text);
    const meaning = meaningOf(faultOf(answer));
    if (meaning === 'DYNAMICS_BUSY' || meaning === 'DYNAMICS_CREDENTIALS')
      throw failure(meaning, answer, table);

    return {};
  }, signal);
}
