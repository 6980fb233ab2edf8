import type { Answer, Call } from '../api/call.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { csdlText } from './csdlText.ts';
import { readMetadata } from './readMetadata.ts';
import { writeMetadata } from './writeMetadata.ts';

function csdlAnswer(state: OrganizationState, call: Call): Answer {
  const headers = { 'content-type': 'application/xml', 'odata-version': '4.0' };
  const body = csdlText(state, call.query['annotations'] === 'true');
  return { status: 200, headers, body, code: null };
}

/** Every call of metadata: the CSDL document, definitions that are read, definitions that are changed. */
export function answerMetadata(state: OrganizationState, call: Call): Answer {
  if (call.method !== 'GET') return writeMetadata(state, call);
  return call.path === '$metadata' ? csdlAnswer(state, call) : readMetadata(state, call);
}
