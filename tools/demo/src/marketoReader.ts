import { setTimeout as sleep } from 'node:timers/promises';
import { demoFields } from './demoFields.ts';
import { callJson } from './httpJson.ts';
import type { Values } from './people.ts';
import type { MarketoAccess } from './systems.ts';

type Envelope = {
  readonly success: boolean;
  readonly errors?: readonly { readonly code: string; readonly message: string }[];
  readonly result?: readonly Values[];
  readonly nextPageToken?: string;
  readonly moreResult?: boolean;
};

const newLeadTypeId = 12;
const pageSize = 300;
const pagesMax = 10_000;
const attemptsMax = 20;
const pauseMs = 1_000;
/** Too many calls in 20 seconds, or at once: everybody who uses the instance shares those limits. */
const busyCodes = new Set(['606', '615']);
const since = '2020-01-01T00:00:00Z';
const linkFields = ['lockstepId', 'crmId', 'crmType', 'crmIsDeleted'];

/**
 * Everyone in Marketo by id, through the REST API alone: the New Lead activities name every person that was ever made,
 * and who still exists is read by id. One call at a time.
 */
export async function readMarketo(access: MarketoAccess): Promise<ReadonlyMap<number, Values>> {
  const call = await openSession(access);
  const ids = await readIds(call);
  const persons = new Map<number, Values>();
  const fields = [...new Set(['id', ...linkFields, ...demoFields.map(({ marketo }) => marketo)])].join(',');
  for (let first = 0; first < ids.length; first += pageSize) {
    const filterValues = ids.slice(first, first + pageSize).join(',');
    const { result = [] } = await call('leads.json', { filterType: 'id', filterValues, fields });
    for (const person of result) persons.set(Number(person['id']), person);
  }
  return persons;
}

type Call = (path: string, parameters: Readonly<Record<string, string>>) => Promise<Envelope>;

async function openSession({ url, clientId, clientSecret }: MarketoAccess): Promise<Call> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
  });
  const token = await callJson<{ access_token: string }>(`${url}/identity/oauth/token?${form.toString()}`);
  const authorization = `Bearer ${token.access_token}`;
  const formType = 'application/x-www-form-urlencoded';
  const once = (path: string, parameters: Readonly<Record<string, string>>): Promise<Envelope> =>
    callJson(`${url}/rest/v1/${path}?_method=GET`, {
      method: 'POST',
      headers: { authorization, 'content-type': formType },
      body: new URLSearchParams(parameters).toString(),
    });
  return (path, parameters) => whenFree(path, () => once(path, parameters));
}

async function whenFree(path: string, once: () => Promise<Envelope>): Promise<Envelope> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await once();
    if (answer.success) return answer;
    const codes = (answer.errors ?? []).map(({ code }) => code);
    if (!codes.every((code) => busyCodes.has(code)) || attempt === attemptsMax)
      throw new Error(`Marketo answers ${codes.join(', ')} to ${path}`);
    await sleep(pauseMs);
  }
}

async function readIds(call: Call): Promise<readonly number[]> {
  const ids = new Set<number>();
  let { nextPageToken } = await call('activities/pagingtoken.json', { sinceDatetime: since });
  for (let page = 0; page < pagesMax; page += 1) {
    const answer: Envelope = await call('activities.json', {
      activityTypeIds: String(newLeadTypeId),
      nextPageToken: nextPageToken ?? '',
    });
    for (const activity of answer.result ?? []) ids.add(Number(activity['leadId']));
    if (answer.moreResult !== true) return [...ids];
    nextPageToken = answer.nextPageToken;
  }
  throw new Error(`more than ${pagesMax} pages of activities`);
}
