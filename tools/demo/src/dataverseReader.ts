import { readFile } from 'node:fs/promises';
import { Agent } from 'undici';
import { fieldsOf, type PersonTable } from './demoFields.ts';
import { callJson } from './httpJson.ts';
import type { Values } from './people.ts';
import type { DataverseAccess } from './systems.ts';

type Page = { readonly value: readonly Values[]; readonly '@odata.nextLink'?: string };

const pageSize = 5_000;
const pagesMax = 1_000;

/** Every row of lead and contact by id, through the Web API with a token of one's own, as any client would see them. */
export async function readDynamics(
  access: DataverseAccess,
): Promise<Readonly<Record<PersonTable, ReadonlyMap<string, Values>>>> {
  const token = await fetchToken(access);
  return {
    lead: await readTable(access.url, token, 'lead'),
    contact: await readTable(access.url, token, 'contact'),
  };
}

async function fetchToken(access: DataverseAccess): Promise<string> {
  const dispatcher = new Agent({ connect: { ca: await readFile(access.caFile, 'utf8') } });
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: access.clientId,
    client_secret: access.clientSecret,
    scope: `${access.url}/.default`,
  });
  try {
    const answer = await callJson<{ access_token: string }>(`${access.tokenAuthority}/oauth2/v2.0/token`, {
      body: form.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      dispatcher,
    });
    return answer.access_token;
  } finally {
    await dispatcher.close();
  }
}

async function readTable(
  url: string,
  token: string,
  table: PersonTable,
): Promise<ReadonlyMap<string, Values>> {
  const columns = [...new Set([`${table}id`, ...fieldsOf(table).map(({ column }) => column)])];
  const headers = { authorization: `Bearer ${token}`, prefer: `odata.maxpagesize=${pageSize}` };
  const rows = new Map<string, Values>();
  let link: string | undefined = `${url}/api/data/v9.2/${table}s?$select=${columns.join(',')}`;
  for (let page = 0; link !== undefined; page += 1) {
    if (page === pagesMax) throw new Error(`more than ${pagesMax} pages of ${table}`);
    const answer: Page = await callJson<Page>(link, { headers });
    for (const row of answer.value) rows.set(String(row[`${table}id`]).toLowerCase(), row);
    link = answer['@odata.nextLink'];
  }
  return rows;
}
