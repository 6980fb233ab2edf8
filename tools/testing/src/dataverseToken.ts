import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import { Agent, request } from 'undici';
import type { EmulatedDynamics } from './emulatedDynamics.ts';

/** A token of the client that the services are, for calls of the Web API that a test makes itself. */
export async function dataverseToken(dynamics: EmulatedDynamics): Promise<string> {
  const agent = new Agent({
    connect: { ca: [...rootCertificates, await readFile(dynamics.caFile, 'utf8')] },
  });
  const { body } = await request(`${dynamics.tokenAuthority}/oauth2/v2.0/token`, {
    method: 'POST',
    dispatcher: agent,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: dynamics.clientId,
      client_secret: dynamics.clientSecret,
      scope: `${dynamics.url}/.default`,
    }).toString(),
  });
  const { access_token: token } = (await body.json()) as { access_token: string };
  await agent.close();
  return token;
}
