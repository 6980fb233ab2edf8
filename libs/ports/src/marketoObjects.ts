import type { MarketoEntity, ScalarValues } from '@lockstep/change-events';
import type { MarketoField } from './marketoSetup.ts';

/** A record other than a person, as read: the fields that were asked for, null where empty. */
export type MarketoObject = { readonly id: string; readonly fields: ScalarValues };

/** One record of a write, in the order of the input; `id` is Marketo's own, a number or a GUID. */
export type ObjectResult =
  | { readonly result: 'CREATED' | 'UPDATED' | 'DELETED'; readonly id: string }
  | { readonly result: 'NOT_FOUND' }
  /** A record that it names is not there. */
  | { readonly result: 'PARENT_MISSING'; readonly marketoCode: string }
  /** It cannot be deleted while others name it. */
  | { readonly result: 'IN_USE' }
  | {
      readonly result: 'REFUSED';
      readonly code: string;
      readonly field: string | null;
      readonly detail: string;
    };

/**
 * Marketo's records other than persons (marketo-rest 4). Every method is one call (or retries of it) of at most 300 records
 * or keys; failures are those of `MarketoPeople`.
 */
export type MarketoObjects = {
  /** The fields that tell records of an entity apart, in Marketo's order. */
  keyFields(entity: MarketoEntity): Promise<readonly string[]>;
  /**
   * Its fields by name, as they were within the last hour. Those that Marketo fills itself are not writable; those that keep
   * their first value are. Null when there is no such entity.
   */
  describe(entity: MarketoEntity): Promise<ReadonlyMap<string, MarketoField> | null>;
  /** Creates or updates by the key. */
  upsert(entity: MarketoEntity, records: readonly ScalarValues[]): Promise<readonly ObjectResult[]>;
  /** Of each record only the key counts. */
  remove(entity: MarketoEntity, records: readonly ScalarValues[]): Promise<readonly ObjectResult[]>;
  /** The records with the keys of `records`, in any order; who is not there is left out. `fields` are what is read beside the key, as far as there are such fields. */
  find(
    entity: MarketoEntity,
    records: readonly ScalarValues[],
    fields: readonly string[],
  ): Promise<readonly MarketoObject[]>;
};
