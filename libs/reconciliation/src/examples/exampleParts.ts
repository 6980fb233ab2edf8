import type { Scalar, ScalarValues, System, WriteCommand } from '@lockstep/change-events';
import type { Consent } from '../consent.ts';
import type { Decision } from '../decision.ts';
import { createDynamicsSide, createMarketoSide } from './exampleSides.ts';
import type { NarrowField } from './exampleUnfit.ts';
import type { GoldenRecord } from '../goldenRecord.ts';
import type { DynamicsEntry } from '../outbox.ts';
import { defaultMapping, type MappingRow } from '../mapping.ts';
import { nativePolicy, type Policy } from '../policy.ts';

/** One write as a side received it. */
export type ReceivedWrite =
  | { readonly to: 'dynamics'; readonly values: ScalarValues; readonly result: string }
  | { readonly to: 'marketo'; readonly values: ScalarValues; readonly result: string };

/** One write that is planned and not carried out yet. */
export type OpenWrite =
  | { readonly to: 'dynamics'; readonly goldenId: string; readonly entry: DynamicsEntry }
  | { readonly to: 'marketo'; readonly goldenId: string; readonly command: WriteCommand };

export type WorldOptions = {
  readonly matchByEmail?: boolean;
  readonly firstReadsComplete?: boolean;
  readonly mapping?: readonly MappingRow[];
};

/** Fields of the default mapping that no example tells of: each costs every decision of every example its share. */
const untold: ReadonlySet<string> = new Set([
  ...['salutation', 'middleName', 'mobilePhone', 'homePhone', 'fax', 'address2', 'address3', 'country'],
  ...['postalCode', 'notes', 'preferredContactMethod', 'doNotCall', 'doNotFax', 'doNotSendMarketingMaterial'],
  ...['relativeScore', 'priority', 'urgency', 'lastInterestingMomentDescription'],
  ...['lastInterestingMomentSource', 'lastInterestingMomentType'],
]);

/** The default mapping as far as examples tell of it. */
export const exampleMapping = defaultMapping.filter(({ field }) => !untold.has(field));

/** The example mapping with a field of the operator's own, in the column `new_<field>`. */
export const mappingWithNew = (
  row: Partial<MappingRow> & Pick<MappingRow, 'field'>,
): readonly MappingRow[] => {
  const columns = { lead: `new_${row.field}`, contact: `new_${row.field}` };
  return [...exampleMapping, { type: 'string', direction: 'both', columns, marketo: row.field, ...row }];
};

/** What an example world is made of: both sides, and what Lockstep knows. */
export type Parts = ReturnType<typeof createParts>;

export function createParts(options: WorldOptions) {
  const { mapping = exampleMapping } = options;
  return {
    dynamics: createDynamicsSide(mapping),
    marketo: createMarketoSide(mapping),
    state: {
      mapping,
      records: new Map<string, GoldenRecord>(),
      links: new Map<string, string>(),
      decisions: [] as Decision[],
      open: [] as OpenWrite[],
      received: [] as ReceivedWrite[],
      /** Requests that Dynamics carried out: by id, the row that each was carried out for and how often it was asked to. */
      served: new Map<string, { readonly rowId: string; readonly kind: string; readonly times: number }>(),
      /** Columns whose values Dynamics refuses, and kinds of requests. */
      refused: new Set<string>(),
      /** The process dies before it publishes what its decisions forward. */
      losesForwards: false,
      revisionEpoch: 1,
      /** Fields of Marketo with a limit, by name. */
      narrow: new Map<string, NarrowField>(),
      nowMs: Date.parse('2026-11-22T10:00:00Z'),
      /** What is known to be published beside all that a record held before. */
      published: new Set<string>(),
      /** Ids of accounts and owners that Marketo has, as the golden records know. */
      parents: new Set<string>(),
      /** Ids of accounts by the key that finds them. */
      accounts: new Map<string, readonly string[]>(),
      /** Wishes by address. */
      consents: new Map<string, Consent>(),
      /** Ids that Marketo lacks all the same. */
      lacking: new Set<Scalar>(),
      /** Systems to which nothing is written. */
      withheld: new Set<System>(),
      firstReadsComplete: options.firstReadsComplete ?? true,
      policy: { ...nativePolicy, matchByEmail: options.matchByEmail ?? false } as Policy,
    },
  };
}

/** No decision may change what it was given, nor what lies deeper in it: a write to that throws. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.values(Object.freeze(value)).forEach(frozen);

  return value;
}
