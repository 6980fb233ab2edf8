import { createSink } from './avroSink.ts';
import type { AvroSchema } from './avroTypes.ts';
import { columnsOf, lacksColumns, narrowSchema } from './eventColumns.ts';
import type { RegisteredSchema } from './eventPacker.ts';
import type { ChangeEvent } from './events.ts';
import { remember, then, type Ready } from './ready.ts';
import type { SchemaIds } from './schemaIds.ts';
import { schemaWriter, type SchemaWriter } from './schemaWriter.ts';

/** Column sets of one subject whose writers are kept; an older one is opened again when it is met again. */
const columnSetsMax = 32;

/** What values of one subject are written with: the whole schema, or one that lacks the columns an event lacks. */
type SubjectWriter = {
  readonly id: number;
  readonly schema: AvroSchema;
  readonly columns: readonly string[] | null;
  readonly write: SchemaWriter;
  readonly narrowed: Map<string, Ready<SchemaWriter>>;
};

export type SubjectWriters = {
  define(subject: string, schema: AvroSchema): Promise<void>;
  /** The writer for `value`; at once when its schema has its id already. */
  find(subject: string, value: unknown): Ready<SchemaWriter>;
  /** The whole schema that values of `subject` are written with now. */
  registered(subject: string): Promise<RegisteredSchema>;
};

/** `schemaOf` gives the schema that a subject is written with until `define` names another. */
export function createSubjectWriters(
  ids: SchemaIds,
  schemaOf: (subject: string) => AvroSchema,
): SubjectWriters {
  const sink = createSink();
  const writers = new Map<string, Ready<SubjectWriter>>();

  const open = async (subject: string, schema: AvroSchema): Promise<SchemaWriter> =>
    schemaWriter(sink, await ids.idOf(subject, schema), schema);

  const openSubject = async (subject: string, schema: AvroSchema): Promise<SubjectWriter> => {
    const id = await ids.idOf(subject, schema);
    const write = schemaWriter(sink, id, schema);
    return { id, schema, columns: columnsOf(schema), write, narrowed: new Map() };
  };

  const known = (subject: string): Ready<SubjectWriter> =>
    remember(writers, subject, async () => openSubject(subject, schemaOf(subject)));

  function narrow(subject: string, writer: SubjectWriter, event: ChangeEvent): Ready<SchemaWriter> {
    const has = (column: string) => event.fields?.[column] !== undefined;
    const { narrowed, columns } = writer;
    const key = (columns ?? []).filter(has).join();
    const [oldest] = narrowed.keys();
    if (oldest !== undefined && narrowed.size >= columnSetsMax && !narrowed.has(key)) narrowed.delete(oldest);
    return remember(narrowed, key, () => open(subject, narrowSchema(writer.schema, has)));
  }

  return {
    async define(subject, schema) {
      writers.set(subject, await openSubject(subject, schema));
    },
    async registered(subject) {
      const { id, schema } = await known(subject);
      return { id, schema };
    },
    find(subject, value) {
      return then(known(subject), (writer) =>
        writer.columns && lacksColumns(writer.columns, value)
          ? narrow(subject, writer, value as ChangeEvent)
          : writer.write,
      );
    },
  };
}
