import type { MarketoCall } from './marketoClient.ts';

/** Marketo looks for the place for 300 s at most (marketo-rest 3.1); then its 604 arrives before we hang up. */
const timeoutMs = 310_000;

/** Asks for the place in the feeds at a time. */
export const openingCall = (sinceDatetime: string): MarketoCall => ({
  kind: 'read',
  path: 'activities/pagingtoken.json',
  query: { sinceDatetime },
  timeoutMs,
});
