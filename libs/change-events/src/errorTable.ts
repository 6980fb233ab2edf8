/**
 * The three fates of a failure (design section 5): RETRY (the world is busy), PARK (this record is wrong: it waits or
 * goes to the dead letters while all others flow), STOP (we are wrong: the process ends with a non-zero code).
 */
export type Fate = 'RETRY' | 'PARK' | 'STOP';

type ErrorEntry = { readonly fate: Fate; readonly sentence: string };

const entry = (fate: Fate, sentence: string): ErrorEntry => ({ fate, sentence });

/** Every code Lockstep reports, what it does about it, and what an operator should know. Rendered in docs/errors.md. */
export const errorTable = {
  CONFIG_INVALID: entry('STOP', 'A setting is missing or wrong; the message names each one.'),
  KAFKA_UNREACHABLE: entry(
    'RETRY',
    'The broker does not answer; nothing is lost, work resumes when it does.',
  ),
  KAFKA_FENCED: entry(
    'STOP',
    'Another process took over this transactional id; this process stops and starts again as standby.',
  ),
  TABLES_OVERLAP: entry(
    'STOP',
    'A table of this group is read by another table group already; the message names both groups and the tables.',
  ),
  GROUP_IN_USE: entry(
    'STOP',
    'Somebody reads in a consumer group whose places are to be moved; stop every reconciler first.',
  ),
  TOPIC_MISSING: entry('STOP', 'A topic does not exist; create it with `lockstep topics apply`.'),
  TOPIC_SETTINGS_WRONG: entry(
    'STOP',
    'A topic has other settings than the contract asks for; see `lockstep topics plan`.',
  ),
  REGISTRY_UNREACHABLE: entry('RETRY', 'The schema registry does not answer, or not to this user.'),
  SCHEMA_INCOMPATIBLE: entry('STOP', 'The registry refuses a schema as incompatible with an earlier one.'),
  SCHEMA_MISSING: entry('STOP', 'A schema is not registered and autoRegister is off.'),
  MESSAGE_UNDECODABLE: entry(
    'PARK',
    'A message could not be decoded; its bytes are in the dead-letter topic.',
  ),
  MESSAGE_UNEXPECTED: entry(
    'PARK',
    'A message has a key or a shape that does not belong on its topic; its bytes are in the dead-letter topic.',
  ),
  EVENT_UNENCODABLE: entry(
    'PARK',
    'A message does not fit its schema or the size that the broker takes; it was not published.',
  ),
  MONGODB_UNREACHABLE: entry('RETRY', 'The database does not answer.'),
  MONGODB_REFUSED: entry('STOP', 'The database refuses the credentials or the operation.'),
  GOLDEN_FORMAT_NEWER: entry(
    'STOP',
    'A golden record was written by a newer version, which this one would damage; nothing of it is changed.',
  ),
  REVISION_CONFLICT: entry(
    'RETRY',
    'A golden record was saved by another process in between; it is read and decided again.',
  ),
  LEASE_LOST: entry(
    'RETRY',
    'This process no longer holds its lease; it sends nothing and waits as standby.',
  ),
  DYNAMICS_UNREACHABLE: entry('RETRY', 'Dataverse does not answer, or the answer was cut off.'),
  DYNAMICS_BUSY: entry('RETRY', 'Dataverse asks to slow down (429) or is briefly unavailable (5xx).'),
  DYNAMICS_CREDENTIALS: entry(
    'RETRY',
    'Dataverse or its token service refuses the credentials; correct them, the work goes on by itself.',
  ),
  DYNAMICS_FORBIDDEN: entry(
    'RETRY',
    'The application user lacks a privilege; grant it, the work goes on by itself.',
  ),
  DYNAMICS_TABLE_UNKNOWN: entry(
    'RETRY',
    'A configured table does not exist in the environment; that table waits, the others go on.',
  ),
  DYNAMICS_BUDGET_SPENT: entry(
    'RETRY',
    'The configured requests of the day are spent; work goes on at the time named, midnight UTC.',
  ),
  DYNAMICS_DIFFERS: entry(
    'RETRY',
    'Another Dynamics is read than would be written to; nothing is decided. Set DATAVERSE_URL of extractor and reconciler alike.',
  ),
  DYNAMICS_TRACKING_OFF: entry(
    'RETRY',
    'Change tracking is off for a table; switch it on (table settings, "Track changes"), the work goes on by itself.',
  ),
  QUERY_INVALID: entry('PARK', 'A filter is not one that the server takes; nothing was read.'),
  DYNAMICS_POSITION_EXPIRED: entry(
    'RETRY',
    'Dataverse no longer accepts the delta link; the table is read again from the start.',
  ),
  DYNAMICS_ANSWER_INVALID: entry('RETRY', 'Dataverse answered in a form that the contract does not allow.'),
  DYNAMICS_REFUSED: entry(
    'PARK',
    'Dataverse refuses the values of one record; the record waits, all others flow.',
  ),
  DYNAMICS_ALTERED: entry(
    'PARK',
    'Dynamics made another value of one that it was given, by rounding or a plug-in; the field waits for another value, or an edit of it.',
  ),
  MARKETO_UNREACHABLE: entry('RETRY', 'Marketo does not answer, or the answer was cut off.'),
  MARKETO_BUSY: entry(
    'RETRY',
    'Marketo asks to slow down or is briefly unavailable (606, 608, 611, 615, 713).',
  ),
  MARKETO_OUTCOME_UNKNOWN: entry(
    'RETRY',
    'A write to Marketo was sent but its answer was lost (604, cut connection); it is settled by a read.',
  ),
  MARKETO_QUOTA_SPENT: entry(
    'RETRY',
    'The daily calls are spent (607); work goes on after the reset at midnight US Central.',
  ),
  MARKETO_CREDENTIALS: entry(
    'RETRY',
    'Marketo refuses the credentials; correct them, the work goes on by itself.',
  ),
  MARKETO_FORBIDDEN: entry(
    'RETRY',
    'The API user lacks a permission (603); grant it, the work goes on by itself.',
  ),
  MARKETO_NOT_READY: entry(
    'RETRY',
    'Marketo is not set up as the service needs it; correct every fault that is named, the work begins by itself.',
  ),
  MARKETO_REPLACED: entry(
    'RETRY',
    'The persons of the database belong to another Marketo instance; correct MARKETO_URL, or use another database and other topics.',
  ),
  MARKETO_FIELD_UNKNOWN: entry(
    'STOP',
    'A field that the mapping needs does not exist in Marketo (1006); create it, see docs/operations.md.',
  ),
  MARKETO_FIELD_UNFIT: entry(
    'PARK',
    'A field of Marketo has another type, is too short or is read-only; that field waits, the others flow.',
  ),
  MARKETO_NATIVE_SYNC: entry(
    'RETRY',
    "Marketo's own CRM sync is on in this instance (1018), so that companies and opportunities are read-only.",
  ),
  MARKETO_ANSWER_INVALID: entry('RETRY', 'Marketo answered in a form that the contract does not allow.'),
  MARKETO_ROW_INVALID: entry(
    'PARK',
    'A row of a feed of Marketo is malformed; it is set aside as it came, and all others flow.',
  ),
  MARKETO_PARENT_MISSING: entry(
    'RETRY',
    'A record names a company, person, salesperson or opportunity that Marketo does not have yet; it is sent again later.',
  ),
  MARKETO_IN_USE: entry(
    'RETRY',
    'Marketo does not delete a record that others still name (1022); it is tried again when they are gone.',
  ),
  MARKETO_POSITION_LOST: entry(
    'RETRY',
    'Marketo does not know the place in a feed any more; the feeds are read again from before it.',
  ),
  MARKETO_REFUSED: entry(
    'PARK',
    'Marketo refuses the values of one person; the person waits, all others flow.',
  ),
  PERSON_MERGED: entry(
    'PARK',
    'The person became part of another one in Marketo; what is edited in Dynamics waits for review.',
  ),
  PERSON_DELETED: entry(
    'PARK',
    'Somebody deleted the person in Marketo, and its row was edited in Dynamics; whether it comes back waits for review.',
  ),
  FIELD_HELD: entry(
    'PARK',
    'Both sides changed a field whose conflicts are held for review; each keeps its value until somebody edits the field.',
  ),
  COMPANY_EDITED: entry(
    'PARK',
    'Somebody edited a company in Marketo; the next change of its account in Dynamics overwrites that.',
  ),
  ACCOUNT_AMBIGUOUS: entry(
    'PARK',
    'Several accounts may be that of a contact; it stays without one until one is left, or somebody chooses.',
  ),
  MARKETO_AMBIGUOUS: entry('PARK', 'Several persons match; the record waits for review.'),
  VALUE_NOT_REPRESENTABLE: entry(
    'PARK',
    'A value has no counterpart on the other side; that field waits, the others flow.',
  ),
  PEOPLE_FILE_ROW: entry(
    'PARK',
    'A row of a people file is not usable; it is listed with its line number and skipped.',
  ),
  REQUEST_INVALID: entry(
    'PARK',
    'What a marketer asked for cannot be carried out as it was written; the detail names what is wrong.',
  ),
  REQUEST_PERSON_UNKNOWN: entry(
    'PARK',
    'A request is about a person that Marketo did not show for a day, or that was deleted or merged there.',
  ),
  REQUEST_KIND_CONFLICT: entry(
    'PARK',
    'A person that is a contact of Dynamics cannot be sent there as a lead.',
  ),
  REQUESTS_TOO_MANY: entry('PARK', 'A person has 100 requests that are not carried out yet.'),
  DYNAMICS_DUPLICATE: entry(
    'PARK',
    'A duplicate detection rule of Dynamics holds a new row back; link the person to the existing row, or merge them.',
  ),
  DYNAMICS_AMBIGUOUS: entry('PARK', 'Several rows of Dynamics match what was asked for.'),
  DYNAMICS_ROW_CLOSED: entry(
    'PARK',
    'The row of Dynamics is closed and read-only; what is new for it is written when it is active again.',
  ),
  DYNAMICS_ROW_MISSING: entry(
    'PARK',
    'The row of Dynamics that a request needs was deleted in the meantime.',
  ),
  OWNER_UNKNOWN: entry('PARK', 'No enabled user and no team of Dynamics has this id, address or name.'),
  CAMPAIGN_UNKNOWN: entry('PARK', 'No active campaign of Dynamics has this id or name.'),
  TASK_STATUS_UNKNOWN: entry('PARK', 'Tasks of Dynamics have no status reason of this label or number.'),
  REQUEST_UNKNOWN: entry('PARK', 'No request has this id, or it is older than 30 days.'),
  CALLBACK_REFUSED: entry(
    'PARK',
    'Marketo could not be told what became of a flow step; the requests themselves are not touched by that.',
  ),
  API_REQUEST_INVALID: entry(
    'PARK',
    'A call of the operator’s API is not as it should be; the detail names what.',
  ),
  API_UNAUTHORIZED: entry('PARK', 'A call of the operator’s API does not bring the token.'),
  API_FORBIDDEN: entry('PARK', 'The token of this call may only read.'),
  API_UNREACHABLE: entry('RETRY', 'The operator’s API does not answer.'),
  RECORD_UNKNOWN: entry('PARK', 'Nothing is known under this id.'),
  UNDO_UNKNOWN: entry(
    'PARK',
    'No such decision is kept with what an undo needs, or there is nothing of this field to undo.',
  ),
  UNDO_OVERTAKEN: entry(
    'PARK',
    'The value that won is not the value of the field any more; an undo would overwrite what came later.',
  ),
  UNDO_OPT_OUT: entry('PARK', 'An undo never takes back an opt-out.'),
  UNDO_FIXED: entry(
    'PARK',
    'The value that lost cannot become that of both sides: the field is not its side’s to change, or each side keeps its own.',
  ),
  UNDO_NO_PAIR: entry(
    'PARK',
    'The record has no row and person that are both there and in step: one is missing, deleted, merged or kept out.',
  ),
  ADDRESS_UNKNOWN: entry('PARK', 'This service has no such address, or lacks the setting that opens it.'),
  INTERNAL: entry('STOP', 'A state that must not occur; please report it with the message.'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorTable;
