import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { Call } from './call.ts';

const service = /^(?:https?:\/\/[^/]+)?\/api\/data\/v9\.\d\//;

/** The path and the options of an address as it is spelled within a body: absolute, from the root, or below the service. */
export function callAddress(url: string): Pick<Call, 'path' | 'query'> {
  const below = url.replace(service, '').replace(/^\//, '');
  const [path = '', options = ''] = below.split(/\?(.*)/s);
  try {
    return { path: decodeURIComponent(path), query: Object.fromEntries(new URLSearchParams(options)) };
  } catch {
    throw badRequest(errorCodes.invalidArgument, 'The address is not validly encoded.');
  }
}
