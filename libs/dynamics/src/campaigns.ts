import { SyncError } from '@lockstep/change-events';
import type { DynamicsMembership, DynamicsRequestResult } from '@lockstep/ports';
import { validate as isUuid } from 'uuid';
import type { DataverseCall } from './dataverseClient.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import { objectOf, type Json } from './entityMetadata.ts';
import { failure, faultOf, readFailure } from './failures.ts';
import type { HttpAnswer } from './httpTransport.ts';
import { readRefusal } from './readRefusal.ts';
import { retryReads } from './retryReads.ts';
import { writeMeaning } from './writeMeaning.ts';

const campaignsToldMax = 2;
/** `createdfromcode` of a list: the table of its members (Microsoft's reference of the table `list`). */
const memberCodes = { contact: 2, lead: 4 } as const;
const written = { result: 'WRITTEN' } as const;

/** Active campaigns only: inactive ones are not offered (F-36). */
export async function findCampaigns(context: DynamicsContext, text: string): Promise<readonly string[]> {
  const wanted = text.trim();
  const named = isUuid(wanted) ? `campaignid eq ${wanted}` : `name eq '${wanted.replaceAll("'", "''")}'`;
  const filter = encodeURIComponent(`statecode eq 0 and ${named}`);
  const path = `campaigns?$select=campaignid&$filter=${filter}&$top=${campaignsToldMax}`;
  const rows = await readRows(context, { operation: 'findCampaigns', table: 'campaign' }, path);

  return rows.map((row) => String(row['campaignid']).toLowerCase());
}

/** Each step does nothing when it was done before (decision 20). */
export async function addToCampaign(
  context: DynamicsContext,
  membership: DynamicsMembership,
): Promise<DynamicsRequestResult> {
  const { list, member, campaignId } = membership;
  const made = await change(context, membership, {
    ...{ method: 'PATCH', path: `lists(${list.id})`, headers: { 'if-none-match': '*' } },
    body: { listname: list.name, createdfromcode: memberCodes[member.table], type: false },
  });
  if (made.result !== 'WRITTEN') return made;
  const attached = await attach(context, membership, campaignId);
  if (attached.result !== 'WRITTEN') return attached;
  const path = `lists(${list.id})/Microsoft.Dynamics.CRM.AddMemberList`;

  return change(context, membership, { method: 'POST', path, body: { EntityId: member.id } });
}

/** AddItemCampaign is bound to the list (Microsoft's reference of the action). */
async function attach(
  context: DynamicsContext,
  membership: DynamicsMembership,
  campaignId: string,
): Promise<DynamicsRequestResult> {
  const list = `lists(${membership.list.id})`;
  const path = `${list}/campaignlist_association?$select=campaignid&$filter=campaignid eq ${campaignId}`;
  const found = await readRows(context, { operation: 'changeMembers', table: 'list' }, path);
  if (found.length > 0) return written;
  const campaign = { '@odata.type': 'Microsoft.Dynamics.CRM.campaign', campaignid: campaignId };

  return change(context, membership, {
    ...{ method: 'POST', path: `${list}/Microsoft.Dynamics.CRM.AddItemCampaign` },
    body: { Campaign: campaign },
  });
}

/** By the many-to-many relation of the list and its members (dataverse facts 3.8). */
export async function removeFromCampaign(
  context: DynamicsContext,
  membership: DynamicsMembership,
): Promise<DynamicsRequestResult> {
  const { list, member } = membership;
  const path = `lists(${list.id})/list${member.table}_association(${member.id})/$ref`;
  const removed = await change(context, membership, { method: 'DELETE', path });

  return removed.result === 'MISSING' ? written : removed;
}

type Change = Pick<DataverseCall, 'method' | 'headers'> & { readonly path: string; readonly body?: object };

async function change(
  context: DynamicsContext,
  { member }: DynamicsMembership,
  { method, path, headers, body }: Change,
): Promise<DynamicsRequestResult> {
  const answer = await context.client.send({
    ...{ operation: 'changeMembers', lane: 'LIVE', table: 'list', method, url: context.urlOf(path) },
    ...(headers && { headers }),
    ...(body && { body: JSON.stringify(body) }),
  });

  return readChange(answer, member.id, method);
}

/** 412 says that it was done before; what a delete does not find was never there. */
function readChange(
  answer: HttpAnswer,
  memberId: string,
  method: DataverseCall['method'],
): DynamicsRequestResult {
  const { status } = answer;
  if (status === 200 || status === 204 || status === 412) return written;
  const fault = faultOf(answer);
  const isNamed = fault.message.toLowerCase().includes(memberId) || method === 'DELETE';
  if (fault.code === '0x80040217' && isNamed) return { result: 'MISSING' };
  const meaning = writeMeaning(fault);
  if (meaning !== null) throw failure(meaning, answer, 'list');

  return readRefusal(fault, []);
}

function readRows(
  context: DynamicsContext,
  { operation, table }: Pick<DataverseCall, 'operation' | 'table'>,
  path: string,
): Promise<readonly Json[]> {
  return retryReads(async () => {
    const call = { operation, lane: 'LIVE', table, method: 'GET', url: context.urlOf(path) } as const;
    const answer = await context.client.send(call);
    if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: false });
    const { value } = objectOf(table, answer.text);
    if (!Array.isArray(value)) throw new SyncError('DYNAMICS_ANSWER_INVALID', { table, part: 'value' });

    return value as readonly Json[];
  });
}
