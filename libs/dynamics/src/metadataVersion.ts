import type { DynamicsContext } from './dynamicsContext.ts';
import { objectOf, type Json } from './entityMetadata.ts';
import { readFailure } from './failures.ts';
import { metadataVersionAnnotation } from './readColumns.ts';
import { retryReads } from './retryReads.ts';

type Probe = {
  readonly table: string;
  readonly entitySet: string;
  readonly primaryKey: string;
  readonly signal: AbortSignal;
};

/**
 * Version of the server's metadata, out of the smallest tracked read; null when the server does not tell. The read also
 * finds out whether change tracking and the privilege to read all rows are there.
 */
export function readMetadataVersion(context: DynamicsContext, probe: Probe): Promise<string | null> {
  const { table, entitySet, primaryKey, signal } = probe;
  const annotations = `odata.include-annotations="${metadataVersionAnnotation}"`;

  return retryReads(async () => {
    const answer = await context.client.send({
      operation: 'describe',
      lane: 'CONTROL',
      table,
      method: 'GET',
      url: context.urlOf(`${entitySet}?$select=${primaryKey}`),
      headers: { prefer: `odata.track-changes,odata.maxpagesize=1,${annotations}` },
      signal,
    });
    if (answer.status !== 200) throw readFailure(answer, { table, hasPosition: false });

    return metadataVersionOf(objectOf(table, answer.text));
  }, signal);
}

/** The annotation of a collection's answer (dataverse facts 2.1). */
export function metadataVersionOf(body: Json): string | null {
  const version = body[`@${metadataVersionAnnotation}`];

  return typeof version === 'string' || typeof version === 'number' ? String(version) : null;
}
