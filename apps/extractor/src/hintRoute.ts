import { createKeyCheck, type CallHead, type Metrics, type ServiceRoute } from '@lockstep/service-runtime';

export type HintOptions = {
  /** Shared with whoever may knock; see docs/extractor.md. */
  readonly key: string;
  /** Rings a table's poller; false when it was rung already, undefined for a table that is not read here. */
  readonly ring: (table: string) => boolean | undefined;
  readonly metrics: Pick<Metrics, 'hints'>;
};

/** Dataverse drops the data of a larger call anyhow (dataverse facts 7). */
const bodyBytesMax = 512 * 1024;

/**
 * The address that Dataverse calls after a change (dataverse facts 7). A call wakes the poller of its table and carries
 * nothing else: what is published is always read from Dataverse, so a forged, late or repeated call does no harm.
 */
export function hintRoute({ key, ring, metrics }: HintOptions): ServiceRoute {
  const knowsKey = createKeyCheck(key);

  return {
    method: 'POST',
    path: '/hints/dynamics',
    bodyBytesMax,
    admits(head) {
      const isAdmitted = knowsKey(head);
      if (!isAdmitted) metrics.hints.inc({ table: '', result: 'refused' });

      return isAdmitted;
    },
    answer(head, body) {
      const table = tableOf(head, body);
      const isNew = ring(table);
      // A table that is not read here is no label: whoever has the key could make as many as he likes.
      if (isNew === undefined) metrics.hints.inc({ table: '', result: 'unknown' });
      else metrics.hints.inc({ table, result: isNew ? 'woken' : 'coalesced' });

      // Never an error: a webhook that was registered as synchronous would undo the user's save.
      return 202;
    },
  };
}

/** Looked for as text, because nothing else of the body is wanted and it may be cut off. */
const namedInBody = /"PrimaryEntityName"\s*:\s*"([a-z0-9_]{1,128})"/;

function tableOf({ headers }: CallHead, body: Buffer): string {
  return headers['x-ms-dynamics-entity-name'] ?? namedInBody.exec(body.toString('utf8'))?.[1] ?? '';
}
