import { SyncError } from '@lockstep/change-events';
import type { MarketoSetup, MarketoField, SetupProbe } from '../marketoSetup.ts';

export type InMemoryMarketoSetup = MarketoSetup & {
  readonly fields: MarketoField[];
  /** What the API user may not do. */
  readonly forbidden: Set<SetupProbe | 'READ_PERSONS'>;
  isNativeSyncOn: boolean;
  leadMs: number;
  /** What was left out last. */
  leftOut: ReadonlySet<string>;
};

/** A setup of which the test decides everything. */
export function inMemoryMarketoSetup(fields: readonly MarketoField[]): InMemoryMarketoSetup {
  let wasAsked = false;
  const ask = (setup: InMemoryMarketoSetup, what: SetupProbe | 'READ_PERSONS'): void => {
    wasAsked = true;
    if (setup.forbidden.has(what)) throw new SyncError('MARKETO_FORBIDDEN', { marketoCode: '603' });
  };

  return {
    fields: [...fields],
    forbidden: new Set(),
    isNativeSyncOn: false,
    leadMs: 0,
    leftOut: new Set(),
    async describePersons() {
      ask(this, 'READ_PERSONS');

      return this.fields;
    },
    async probe(what) {
      ask(this, what);
      if (what === 'NATIVE_SYNC_OFF' && this.isNativeSyncOn)
        throw new SyncError('MARKETO_NATIVE_SYNC', { marketoCode: '1018' });
    },
    leaveOut(names) {
      this.leftOut = names;
    },
    clockLeadMs() {
      return wasAsked ? this.leadMs : null;
    },
  };
}
