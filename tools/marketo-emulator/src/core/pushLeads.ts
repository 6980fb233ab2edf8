import { logPush } from './personActivities.ts';
import { apiError } from './apiError.ts';
import type { ApiUser } from './apiUsers.ts';
import type { Instance } from './instance.ts';
import type { Origin } from './origin.ts';
import { partOf } from './partOf.ts';
import type { RecordResult } from './recordResult.ts';
import { syncLeads } from './syncLeads.ts';

/**
 * Push Lead to Marketo: an upsert like Sync Leads that also leaves a Push Lead row on every person (facts 2.5). Throws 1002 without
 * a program. Programs are not kept: every name is one (inferred).
 */
export async function pushLeads(
  instance: Instance,
  body: unknown,
  user: ApiUser,
  origin: Origin,
): Promise<RecordResult[]> {
  const programName = textIn(body, 'programName');
  if (programName === undefined) throw apiError('1002', "Missing value for required parameter 'programName'");
  const request = Object.assign({}, body, { action: 'createOrUpdate' });
  const results = await syncLeads(instance, request, user, origin);
  const push = { programName, reason: textIn(body, 'reason'), source: textIn(body, 'source') };
  for (const result of results) {
    if (result.status !== 'skipped') logPush(instance, { ...push, personId: result.id });
  }
  return results;
}

function textIn(body: unknown, name: string): string | undefined {
  const value = partOf(body, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
