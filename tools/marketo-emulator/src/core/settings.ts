/** Everything a test may change while the emulator runs. Flags marked "inferred" decide what no source documents. */
export interface Settings {
  callsPerWindowMax: number;
  rateWindowMs: number;
  concurrentCallsMax: number;
  callsPerDayMax: number;
  /** Every call waits a random time between 0 and this. */
  latencyMs: number;
  /** Concurrent upserts of one missing key create duplicates, as the real service does. */
  raceDuplicates: boolean;
  /** An answer takes this long for each record in it, give or take a third; 5 makes 1 to 2 seconds of 300 records. */
  answerMsPerRecord: number;
  /** Time between the look-up and the insert of an upsert. */
  raceWindowMs: number;
  /** Activity pages cover a block of the log instead of a full batch: short and empty pages with moreResult true. */
  shortPages: boolean;
  /** Activities looked at for one page while shortPages is on. */
  scanBlockSize: number;
  /** An activity page without rows has no `result` at all. */
  omitEmptyResult: boolean;
  /** Every third change row passes the `fields` filter of leadchanges. */
  looseFieldFilter: boolean;
  /** Every so many-th activity is late; 0 for none. */
  lateActivityEvery: number;
  /** How long after its date a late activity shows up. */
  lateActivityMs: number;
  /** A late activity has the id of when it happened, so tokens that were read meanwhile lie behind it; else of when it shows up. */
  lateActivityKeepsId: boolean;
  /** Every third row of a feed comes twice. */
  repeatRows: boolean;
  /** Rows of feeds have no `id`, only `marketoGUID`. */
  omitActivityIds: boolean;
  /** A token is also taken from the query, as before 2026-08-31. */
  tokenInQuery: boolean;
  /** A feed of the members of a list with this many or more is refused with 1003. */
  feedListMembersMax: number;
  tokenLifetimeSeconds: number;
  deletedLeadRetentionDays: number;
  changeRetentionDays: number;
  /** The partition is part of the key of createOnly and createOrUpdate, as custom dedupe rules can have it. */
  dedupeByPartition: boolean;
  /** Inferred: a read whose `fields` hold an unknown name is refused with 1006; otherwise the answer has no such field. */
  refuseUnknownReadFields: boolean;
  /** Reads of persons leave out fields without a value, as the documentation allows; recorded ones answer null. */
  omitLeadNulls: boolean;
  /** Inferred: email keys match without regard to case. */
  emailMatchIgnoresCase: boolean;
  /** Inferred: an overlong value skips the record with 1077; otherwise it is cut. */
  skipOverlongValues: boolean;
  /** Inferred: the losers of a merge also leave a Delete Lead row; otherwise the merge row is their only trace. */
  mergeLogsDeletes: boolean;
  /** Inferred: a new person also logs its first values as Change Data Value. */
  logInitialValues: boolean;
  /** A write that only touches custom fields moves the visible updatedAt (the real one does not). */
  customFieldsMoveUpdatedAt: boolean;
  /** A native CRM sync is on: companies, opportunities and salespersons are read-only, roles closed (1018). */
  nativeCrm: boolean;
  /** Inferred: 1018 skips each record; otherwise it refuses the call. */
  nativeCrmSkipsRecords: boolean;
  /** Inferred: a person that names a company or salesperson that does not exist is skipped with 1013. */
  refuseUnknownLinks: boolean;
  /** Writing another value to a company field of a linked person skips it with 1021; otherwise the value is ignored. */
  refuseCompanyFields: boolean;
  /** Inferred: clearing externalCompanyId of a linked person skips it with 1003; otherwise the clearing is ignored. */
  refuseCompanyDetach: boolean;
  /** Inferred: changing a field that describe calls not updateable skips the record with 1003, keys always do. */
  refuseFixedFields: boolean;
  /** Inferred: reads of objects other than persons leave out fields without a value instead of answering null. */
  omitObjectNulls: boolean;
  /** The subscription has the Custom Object Metadata API; without it 616. */
  customObjectMetadata: boolean;
  /** How long a bulk import works on its file. */
  importMs: number;
  /** How long a bulk export works on its file. */
  exportMs: number;
  /** Polls of an export see no newer state than this often. */
  exportStatusMs: number;
  /** Bytes of exported files after which no export is taken until midnight US Central. */
  exportBytesPerDayMax: number;
  exportFileDays: number;
  /** The subscription can export persons by their last change; without it 1035. */
  exportByUpdatedAt: boolean;
  /** Calls kept in the call log, and states in the state log; the oldest leave first. */
  callLogMax: number;
  /** Characters of request bodies kept in the call log; the oldest calls lose theirs first. */
  callBodyCharsMax: number;
  stateLogMax: number;
}

const logLimits = { callLogMax: 100_000, callBodyCharsMax: 256_000_000, stateLogMax: 1_000_000 };

/** The settings of a new emulator; limits as documented (facts section 6). */
export function defaultSettings(): Settings {
  return {
    callsPerWindowMax: 100,
    rateWindowMs: 20_000,
    concurrentCallsMax: 10,
    callsPerDayMax: 50_000,
    latencyMs: 5,
    raceDuplicates: true,
    answerMsPerRecord: 0,
    raceWindowMs: 4,
    shortPages: false,
    scanBlockSize: 25,
    omitEmptyResult: true,
    looseFieldFilter: false,
    lateActivityEvery: 0,
    lateActivityMs: 30_000,
    lateActivityKeepsId: false,
    repeatRows: false,
    omitActivityIds: false,
    tokenInQuery: false,
    feedListMembersMax: 10_000,
    tokenLifetimeSeconds: 3600,
    deletedLeadRetentionDays: 14,
    changeRetentionDays: 90,
    dedupeByPartition: false,
    refuseUnknownReadFields: true,
    omitLeadNulls: false,
    emailMatchIgnoresCase: true,
    skipOverlongValues: true,
    mergeLogsDeletes: false,
    logInitialValues: false,
    customFieldsMoveUpdatedAt: false,
    nativeCrm: false,
    nativeCrmSkipsRecords: false,
    refuseUnknownLinks: true,
    refuseCompanyFields: true,
    refuseCompanyDetach: true,
    refuseFixedFields: false,
    omitObjectNulls: false,
    customObjectMetadata: true,
    importMs: 10_000,
    exportMs: 60_000,
    exportStatusMs: 60_000,
    exportBytesPerDayMax: 500_000_000,
    exportFileDays: 7,
    exportByUpdatedAt: true,
    ...logLimits,
  };
}

/** Changes settings in place; answers the faults, and changes nothing when there are any. */
export function changeSettings(settings: Settings, patch: Readonly<Record<string, unknown>>): string[] {
  const known: Record<string, unknown> = { ...settings };
  const faults = Object.entries(patch).flatMap(([name, value]) => {
    if (!(name in known)) return [`unknown setting ${name}`];
    return isSameKind(known[name], value) ? [] : [`${name} must be a ${typeof known[name]}`];
  });
  if (faults.length === 0) Object.assign(settings, patch);
  return faults;
}

function isSameKind(current: unknown, value: unknown): boolean {
  if (typeof value === 'number') return typeof current === 'number' && value >= 0;
  return typeof current === typeof value;
}
