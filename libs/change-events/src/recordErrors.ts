import { entry, type ErrorEntry } from './errorEntry.ts';

/** What one record, message, request or call is set aside for, while all others flow. */
export const recordErrors = {
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
  QUERY_INVALID: entry('PARK', 'A filter is not one that the server takes; nothing was read.'),
  DYNAMICS_REFUSED: entry(
    'PARK',
    'Dataverse refuses the values of one record; the record waits, all others flow.',
  ),
  DYNAMICS_ALTERED: entry(
    'PARK',
    'Dynamics made another value of one that it was given, by rounding or a plug-in; the field waits for another value, or an edit of it.',
  ),
  MARKETO_FIELD_UNFIT: entry(
    'PARK',
    'A field of Marketo has another type, is too short or is read-only; that field waits, the others flow.',
  ),
  MARKETO_ROW_INVALID: entry(
    'PARK',
    'A row of a feed of Marketo is malformed; it is set aside as it came, and all others flow.',
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
} as const satisfies Record<string, ErrorEntry & { readonly fate: 'PARK' }>;
