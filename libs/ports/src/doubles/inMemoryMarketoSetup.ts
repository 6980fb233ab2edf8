import { SyncError } from '@lockstep/change-events';
import type { SetupRight } from '../contracts/marketoSetupContract.ts';
import type { CustomType, DescribedType, MarketoField, MarketoSetup } from '../marketoSetup.ts';

export type InMemoryMarketoSetup = MarketoSetup & {
  readonly fields: MarketoField[];
  /** What the API user may not do. */
  readonly forbidden: Set<SetupRight>;
  /** Custom object types that are approved, by API name, */
  readonly types: Map<string, CustomType>;
  /** and those with a draft of an administrator. */
  readonly drafts: Set<string>;
  isNativeSyncOn: boolean;
  leadMs: number;
  /** What was left out last. */
  leftOut: ReadonlySet<string>;
};

/** A setup of which the test decides everything. */
export function inMemoryMarketoSetup(fields: readonly MarketoField[]): InMemoryMarketoSetup {
  let wasAsked = false;
  const ask = (setup: InMemoryMarketoSetup, what: SetupRight): void => {
    wasAsked = true;
    if (setup.forbidden.has(what)) throw new SyncError('MARKETO_FORBIDDEN', { marketoCode: '603' });
  };

  return {
    fields: [...fields],
    forbidden: new Set(),
    types: new Map(),
    drafts: new Set(),
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
    async describeType(apiName) {
      const type = this.types.get(apiName);

      return type ? described(type) : null;
    },
    async createPersonFields(fields) {
      ask(this, 'CREATE_FIELDS');
      this.fields.push(...fields.map(({ name }) => text(name)));
    },
    async prepareType(type) {
      ask(this, 'CREATE_TYPES');
      if (this.drafts.has(type.apiName)) return 'DRAFT_OF_OTHERS';
      const known = this.types.get(type.apiName)?.fields ?? [];
      const lacking = type.fields.filter(({ name }) => !known.some((field) => field.name === name));
      this.types.set(type.apiName, { ...type, fields: [...known, ...lacking] });

      return 'PREPARED';
    },
    leaveOut(names) {
      this.leftOut = names;
    },
    clockLeadMs() {
      return wasAsked ? this.leadMs : null;
    },
  };
}

/** Everything is a text here. */
const text = (name: string): MarketoField => ({ name, type: 'string', lengthMax: 255, isWritable: true });

const described = ({ fields }: CustomType): DescribedType => ({
  keyFields: fields.filter(({ isKey }) => isKey).map(({ name }) => name),
  fields: fields.map(({ name }) => text(name)),
});
