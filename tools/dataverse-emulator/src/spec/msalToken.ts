import { readFileSync } from 'node:fs';
import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';
import { Agent, request } from 'undici';
import type { DataverseEmulator } from '../startDataverseEmulator.ts';

function trusting(agent: Agent): INetworkModule {
  const exchange = async <T>(
    method: 'GET' | 'POST',
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ): Promise<NetworkResponse<T>> => {
    const answer = await request(url, {
      method,
      headers: options?.headers ?? {},
      dispatcher: agent,
      ...(options?.body === undefined ? {} : { body: options.body }),
    });
    return { status: answer.statusCode, headers: {}, body: (await answer.body.json()) as T };
  };
  return {
    sendGetRequestAsync: (url, options) => exchange('GET', url, options),
    sendPostRequestAsync: (url, options) => exchange('POST', url, options),
  };
}

/** A token as msal-node gets it from the emulator's token endpoint, for this audience. */
export async function msalToken(emulator: DataverseEmulator, audience = emulator.url): Promise<string> {
  const { tokenAuthority, clientId, clientSecret, caFile } = emulator;
  const agent = new Agent({ connect: { ca: readFileSync(caFile) } });
  const application = new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority: tokenAuthority,
      knownAuthorities: [new URL(tokenAuthority).host],
    },
    system: { networkClient: trusting(agent) },
  });
  try {
    const result = await application.acquireTokenByClientCredential({ scopes: [`${audience}/.default`] });
    return result?.accessToken ?? '';
  } finally {
    await agent.close();
  }
}
