import { DynamicsWebApi } from 'dynamics-web-api';
import { msalToken } from './msalToken.ts';
import type { DataverseEmulator } from '../startDataverseEmulator.ts';

/** The npm client `dynamics-web-api`, unmodified, with a token of msal-node. */
export function openDynamicsWebApi(emulator: DataverseEmulator): DynamicsWebApi {
  let token: Promise<string> | null = null;

  return new DynamicsWebApi({
    serverUrl: emulator.url,
    dataApi: { version: '9.2' },
    onTokenRefresh: () => (token ??= msalToken(emulator)),
  });
}
