import type { DynamicsContext } from './dynamicsContext.ts';
import { labelOf, readTypedAttributes, type Json } from './entityMetadata.ts';

/** A status reason and the state that it belongs to. */
export type TaskStatus = { readonly statecode: number; readonly statuscode: number };

export const openState = 0;
const query = '$select=LogicalName&$expand=OptionSet';

/** The status reason of tasks with this label or number (dataverse facts 2.2); capitals do not matter. */
export async function findTaskStatus(
  context: DynamicsContext,
  text: string,
): Promise<TaskStatus | 'unknown'> {
  const signal = new AbortController().signal;
  const columns = await readTypedAttributes(context, { table: 'task', type: 'Status', query, signal });
  const { OptionSet: set } = columns.get('statuscode') ?? {};
  const { Options: options = [] } = (set ?? {}) as { Options?: readonly Json[] };
  const wanted = text.trim().toLowerCase();
  const found = options.find(
    ({ Value: value, Label: label }) => String(value) === wanted || labelOf(label)?.toLowerCase() === wanted,
  );
  if (!found) return 'unknown';

  return { statecode: Number(found['State']), statuscode: Number(found['Value']) };
}
