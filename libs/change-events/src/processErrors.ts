import { entry, type ErrorEntry } from './errorEntry.ts';

/** What a process, or all of a table or a side, waits or stops for. */
export const processErrors = {
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
  DYNAMICS_POSITION_EXPIRED: entry(
    'RETRY',
    'Dataverse no longer accepts the delta link; the table is read again from the start.',
  ),
  DYNAMICS_ANSWER_INVALID: entry('RETRY', 'Dataverse answered in a form that the contract does not allow.'),
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
  MARKETO_NATIVE_SYNC: entry(
    'RETRY',
    "Marketo's own CRM sync is on in this instance (1018), so that companies and opportunities are read-only.",
  ),
  MARKETO_ANSWER_INVALID: entry('RETRY', 'Marketo answered in a form that the contract does not allow.'),
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
  API_UNREACHABLE: entry('RETRY', 'The operator’s API does not answer.'),
  INTERNAL: entry('STOP', 'A state that must not occur; please report it with the message.'),
} as const satisfies Record<string, ErrorEntry & { readonly fate: 'RETRY' | 'STOP' }>;
