import type { SyncStateStore } from '@lockstep/ports';
import type { SetupFault } from './setupFault.ts';

/** Where the persons of the database live, and where this process looks for them. */
export type MarketoHome = {
  /** Such as `https://123-abc-456.mktorest.com`. */
  readonly origin: string;
  /** The same instance had this one before. */
  readonly formerOrigin?: string | undefined;
  readonly syncState: Pick<SyncStateStore, 'originOf' | 'rememberOrigin'>;
};

/** Ids of persons mean others in another instance: nothing of one may be read into, or written from, the database of another (G-28). */
export async function replacedFaults({
  origin,
  formerOrigin,
  syncState,
}: MarketoHome): Promise<SetupFault[]> {
  const known = await syncState.originOf('marketo');
  if (known === null || known === origin || known === formerOrigin) return [];

  return [
    {
      ...{ check: 'instance', code: 'MARKETO_REPLACED', isGrave: true },
      found: `${origin}; the persons of the database are those of ${known}`,
    },
  ];
}

/** The persons of the database are those of this instance from now on. */
export async function settleIn({ origin, syncState }: MarketoHome): Promise<void> {
  if ((await syncState.originOf('marketo')) !== origin) await syncState.rememberOrigin('marketo', origin);
}
