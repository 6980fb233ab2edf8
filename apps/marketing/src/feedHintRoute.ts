import { createKeyCheck, type Metrics, type ServiceRoute } from '@lockstep/service-runtime';

export type FeedHintOptions = {
  /** Shared with the webhook of Marketo's trigger campaign; see docs/marketing.md. */
  readonly key: string;
  /** Wakes the reader of the feed; false when it was rung already. */
  readonly ring: () => boolean;
  readonly metrics: Pick<Metrics, 'hints'>;
};

/**
 * The address that a webhook of Marketo calls when a person changes (marketo-rest 3.7). A call wakes the reader of the
 * feed and carries nothing else, so a forged, late or repeated one does no harm.
 */
export function feedHintRoute({ key, ring, metrics }: FeedHintOptions): ServiceRoute {
  const knowsKey = createKeyCheck(key);

  return {
    method: 'POST',
    path: '/hints/marketo',
    // The body is the administrator's template; it is not looked at.
    bodyBytesMax: 64 * 1024,
    admits(head) {
      const isAdmitted = knowsKey(head);
      if (!isAdmitted) metrics.hints.inc({ table: 'person', result: 'refused' });

      return isAdmitted;
    },
    answer() {
      metrics.hints.inc({ table: 'person', result: ring() ? 'woken' : 'coalesced' });

      return 202;
    },
  };
}
