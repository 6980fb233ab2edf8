export { compareSequence, isAfter, type Sequence } from './sequence.ts';
export type {
  ChangeEvent,
  ChangedField,
  Conflict,
  Evidence,
  EvidenceRow,
  FieldValue,
  FieldValues,
  GoldenEvent,
  GoldenRow,
  Lane,
  LookupValue,
  Operation,
  OptionValue,
  PersonKind,
  Scalar,
  ScalarValues,
  System,
} from './events.ts';
export type {
  DeliveryOutcome,
  DeliveryResult,
  DynamicsOutcome,
  DynamicsWriteResult,
  MarketoEntity,
  UnfitFate,
  UnfitValue,
  WriteCommand,
  WriteOperation,
} from './writes.ts';
export type { InboxMessage, KnownWish, OperatorWish } from './inboxMessage.ts';
export type {
  AdHocQuery,
  Checkpoint,
  Control,
  ControlAction,
  DeadLetter,
  Notice,
  ReadPurpose,
  TableState,
  Witness,
} from './operation.ts';
export {
  hasEnded,
  requestRank,
  type MarketerRequest,
  type RequestDoor,
  type RequestKind,
  type RequestState,
} from './requests.ts';
export type { FieldDefinition, FieldType, TableDefinition } from './fields.ts';
export { tableDefinitions } from './tables.ts';
export { personFields } from './persons.ts';
export {
  consumerGroups,
  customTablesOf,
  dynamicsTables,
  extractorTopics,
  topicDefinitions,
  topicName,
  topics,
  type TopicDefinition,
  type TopicPolicy,
} from './topics.ts';
export { tableSchema, topicSchemas, type TopicSchema } from './topicSchemas.ts';
export { changeEventSchema, goldenEventSchema } from './schemas.ts';
export type { AvroSchema } from './avroTypes.ts';
export { createCodec, type Codec } from './codec.ts';
export type { SchemaIds } from './schemaIds.ts';
export { createMessageCodec, subjectOf, subjectSchemas, type MessageCodec } from './messageCodec.ts';
export type { EventHead } from './eventHead.ts';
export type { AvroPlan } from './avroPlan.ts';
export { createSink, ensureRoom, putLong, type Sink } from './avroSink.ts';
export { putValue } from './avroWriter.ts';
export {
  createEventPacker,
  type EventPacker,
  type EventPacking,
  type RegisteredSchema,
} from './eventPacker.ts';
export { NotPacked, PackedEvent, type PackedPiece } from './packedEvent.ts';
export { rowEvent, type EventRow, type PageContext } from './rowEvent.ts';
export type { Ready } from './ready.ts';
export { canonicalDecimal } from './logicalTypes.ts';
export { isoTime, isPlainTime, timeMs } from './isoTime.ts';
export type { Fate } from './errorEntry.ts';
export { errorTable, type ErrorCode } from './errorTable.ts';
export { fateOf, isSyncError, SyncError, type ErrorDetails } from './errors.ts';
