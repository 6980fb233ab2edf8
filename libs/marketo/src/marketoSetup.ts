import { isSyncError, SyncError } from '@lockstep/change-events';
import type { MarketoSetup, SetupProbe } from '@lockstep/ports';
import type { MarketoCall, MarketoClient, MarketoEnvelope } from './marketoClient.ts';
import { openingCall } from './openingCall.ts';
import { readField } from './readField.ts';
import { createSchemaCalls } from './schemaCalls.ts';
import { objectsOf } from './readValues.ts';

/** Nobody has this id, so an update by it finds nothing to change. */
const nobody = 0;

/** One call for each question; the answer shows that it was allowed, whatever it says beyond that. */
const probes: Readonly<Record<SetupProbe, MarketoCall>> = {
  WRITE_PERSONS: {
    kind: 'write',
    path: 'leads.json',
    isIdle: true,
    body: { action: 'updateOnly', lookupField: 'id', input: [{ id: nobody }] },
  },
  READ_ACTIVITIES: openingCall('2020-01-01T00:00:00Z'),
  // Companies are read-only under a native sync; at which level 1018 comes is not known (marketo-rest 4, 10).
  NATIVE_SYNC_OFF: {
    kind: 'write',
    path: 'companies.json',
    isIdle: true,
    body: { action: 'updateOnly', dedupeBy: 'idField', input: [{ id: nobody }] },
  },
};

export type MarketoSetupOptions = Pick<MarketoSetup, 'clockLeadMs' | 'leaveOut'> & {
  readonly client: MarketoClient;
};

export function createMarketoSetup({ client, clockLeadMs, leaveOut }: MarketoSetupOptions): MarketoSetup {
  return {
    ...createSchemaCalls(client),
    clockLeadMs,
    leaveOut,
    async describePersons() {
      const { result } = await client.call({ kind: 'read', path: 'leads/describe2.json', query: {} });
      const [description] = objectsOf(result);

      return objectsOf(description?.['fields']).map(readField);
    },
    async probe(what) {
      const { result } = await client.call(probes[what]).catch(allowed);
      if (what === 'NATIVE_SYNC_OFF' && hasReason(result, '1018'))
        throw new SyncError('MARKETO_NATIVE_SYNC', { marketoCode: '1018' });
    },
  };
}

/** Who is told what is wrong with a record may write. */
function allowed(error: unknown): MarketoEnvelope {
  if (isSyncError(error, 'MARKETO_REFUSED', 'MARKETO_FIELD_UNKNOWN')) return {};
  throw error;
}

function hasReason(result: unknown, code: string): boolean {
  return objectsOf(result).some(({ reasons }) =>
    objectsOf(reasons).some((reason) => String(reason['code']) === code),
  );
}
