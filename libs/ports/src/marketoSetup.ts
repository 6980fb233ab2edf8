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

/** How an instance is set up, asked with calls that change nothing in it. All throw MARKETO_*. */
export type MarketoSetup = {
  /** Every field of persons. MARKETO_FORBIDDEN when persons may not be read. */
  describePersons(): Promise<readonly MarketoField[]>;
  /** Resolves when all is well. MARKETO_FORBIDDEN when the permission is missing, MARKETO_NATIVE_SYNC when that is on. */
  probe(what: SetupProbe): Promise<void>;
  /** From now on these fields are not read: of who is read they are unknown, never null (design section 4). */
  leaveOut(fields: ReadonlySet<string>): void;
  /** Marketo's clock minus ours by its last answer, in ms, exact to a second; null before the first. */
  clockLeadMs(): number | null;
};
