export {
  rowKey,
  type DynamicsWriteEntry,
  type GoldenField,
  type GoldenRecord,
  type InFlightValue,
  type LinkedRow,
  type MarketoWriteEntry,
  type OutboxEntry,
  type ParkedField,
  type SeenValue,
  type Waiting,
} from './goldenRecord.ts';
