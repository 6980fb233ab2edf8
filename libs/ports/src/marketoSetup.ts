import type { FieldDefinition } from '@lockstep/change-events';

/** How Marketo holds the values of a field; `other` stands for types that Lockstep neither reads nor writes. */
export type MarketoFieldType =
  'string' | 'text' | 'email' | 'integer' | 'number' | 'boolean' | 'date' | 'timestamp' | 'other';

/** A field as Marketo describes it, of persons or of other records (marketo-rest 2.3, 4). */
export type MarketoField = {
  /** REST name. */
  readonly name: string;
  readonly type: MarketoFieldType;
  /** Longest value: bytes of a `text`, else characters; null where Marketo names no limit. */
  readonly lengthMax: number | null;
  readonly isWritable: boolean;
};

/** What the API user must be allowed to do besides reading persons, and that Marketo's own CRM sync is off. */
export const setupProbes = ['WRITE_PERSONS', 'READ_ACTIVITIES', 'NATIVE_SYNC_OFF'] as const;

export type SetupProbe = (typeof setupProbes)[number];

/** What a field of a custom object type may be, besides a link (marketo-rest 4). */
export const customFieldTypes = [
  ...(['string', 'boolean', 'integer', 'float', 'email'] as const),
  ...(['currency', 'date', 'datetime', 'phone', 'text'] as const),
] as const;

export type CustomFieldType = (typeof customFieldTypes)[number];

export type CustomTypeField = {
  readonly name: string;
  /** A link names a field of persons (`lead`), of companies (`company`) or of another custom object type. */
  readonly type: CustomFieldType | { readonly object: string; readonly field: string };
  readonly isKey: boolean;
};

/** A custom object type as Lockstep needs it; one to three fields are its key. */
export type CustomType = { readonly apiName: string; readonly fields: readonly CustomTypeField[] };

/** A custom object type as records of it are taken now. */
export type DescribedType = {
  readonly keyFields: readonly string[];
  readonly fields: readonly MarketoField[];
};

/**
 * How an instance is set up. The first four change nothing in it; the last two are called only where an operator allows it.
 * All throw MARKETO_*.
 */
export type MarketoSetup = {
  /** Every field of persons. MARKETO_FORBIDDEN when persons may not be read. */
  describePersons(): Promise<readonly MarketoField[]>;
  /** Resolves when all is well. MARKETO_FORBIDDEN when the permission is missing, MARKETO_NATIVE_SYNC when that is on. */
  probe(what: SetupProbe): Promise<void>;
  /** Null when there is no such type, or none that is approved. */
  describeType(apiName: string): Promise<DescribedType | null>;
  /** From now on these fields are not read: of who is read they are unknown, never null (design section 4). */
  leaveOut(fields: ReadonlySet<string>): void;
  /** Marketo's clock minus ours by its last answer, in ms, exact to a second; null before the first. */
  clockLeadMs(): number | null;
  /** Makes custom fields of persons, all or none. MARKETO_FORBIDDEN without the permission, MARKETO_REFUSED with the code. */
  createPersonFields(fields: readonly FieldDefinition[]): Promise<void>;
  /**
   * Makes the type, or adds the fields that it lacks, and approves that; goes on where an earlier attempt ended. A draft with
   * other changes is somebody's work: then nothing is done. Fails as `createPersonFields` does.
   */
  prepareType(type: CustomType): Promise<'PREPARED' | 'DRAFT_OF_OTHERS'>;
};
