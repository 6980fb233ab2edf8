import type { DynamicsUpdate, EventLog, MarketoObjects } from '@lockstep/ports';
import { accountTables, simulatedMapping, type RuledParts } from './ruledParts.ts';
import { entityMappingsFor } from '@lockstep/reconciliation';
import type { Variant } from './world.ts';

/** Parts that are broken on purpose: the simulation must find each of them. */

/** A writer that takes whatever version the row has now, as if If-Match were not sent. */
export const writerWithoutIfMatch: Variant = {
  writer: (writer) => ({
    ...writer,
    async update(update: DynamicsUpdate) {
      const row = await writer.read(update.table, update.id);
      return writer.update({ ...update, version: row?.version ?? update.version });
    },
  }),
};

/** A writer that gives a task an id of its own each time, so that a repeat makes another one. */
export function writerWithNewTasks(): Variant {
  let made = 0;
  return {
    writer: (writer) => ({
      ...writer,
      createTask: (task) => writer.createTask({ ...task, id: `${task.id}/${(made += 1)}` }),
    }),
  };
}

/** A log whose publishers never fence each other. */
export function logWithoutFencing(): Variant {
  let opened = 0;
  return {
    log: (log: EventLog): EventLog => ({
      consume: (options, handler, signal) => log.consume(options, handler, signal),
      readLatest: (topic) => log.readLatest(topic),
      scanEvents: (topic, visit, signal, options) => log.scanEvents(topic, visit, signal, options),
      lag: (group, topics) => log.lag(group, topics),
      expired: (group, topics) => log.expired(group, topics),
      openPublisher: (id) => log.openPublisher(`${id}/${(opened += 1)}`),
    }),
  };
}

/** A mapping that writes one field into the column of another. */
export const mappingWithCrossedColumns: Variant = {
  mapping: simulatedMapping.map((row) => (row.field === 'city' ? { ...row, marketo: 'state' } : row)),
};

/** A mapping by which Marketo's opt-outs are not heard. */
export const mappingDeafToOptOuts: Variant = {
  mapping: simulatedMapping.map((row) => (row.optOut ? { ...row, direction: 'to-marketo' as const } : row)),
};

/** Rules that nobody can tell from others: what was seen at a former place of a field counts for the present one. */
export const rulesWithoutHash: Variant = {
  given: ({ policy: { rules: _, ...policy }, ...given }) => ({ ...given, policy }),
};

/** Rules that are read once and never again. */
export function rulesForGood(): Variant {
  let first: RuledParts | undefined;

  return { given: (given) => (first ??= given) };
}

const entityMappings = entityMappingsFor(accountTables);

/** Companies and opportunities are made, and never changed, whatever is answered. */
export const objectsThatNeverChange: Variant = {
  objects: (objects) => ({
    ...objects,
    async upsert(entity, records) {
      const known = await objects.find(entity, records, []);
      return known.length < records.length
        ? objects.upsert(entity, records)
        : known.map(({ id }) => ({ result: 'UPDATED', id }) as const);
    },
  }),
};

/** A mapping by which no person is told of its company. */
export const mappingWithoutCompanies: Variant = {
  mapping: simulatedMapping.filter(({ field }) => field !== 'annualRevenue'),
};

/** A mapping by which the customer of an opportunity has no role there. */
export const mappingWithoutRoles: Variant = { entityMappings: { ...entityMappings, role: [] } };

/** Deletes of records beside persons that are answered and never carried out. */
export const objectsThatStay: Variant = {
  objects: (objects: MarketoObjects): MarketoObjects => ({
    ...objects,
    remove: async (_entity, records) => records.map(() => ({ result: 'DELETED', id: '1' })),
  }),
};

/** Each write of a record beside persons is carried out twice. */
export const objectsWrittenTwice: Variant = {
  objects: (objects: MarketoObjects): MarketoObjects => ({
    ...objects,
    async upsert(entity, records) {
      await objects.upsert(entity, records);

      return objects.upsert(entity, records);
    },
  }),
};

/** Custom objects that nobody is named by. */
export const objectsWithoutLinks: Variant = {
  objects: (objects: MarketoObjects): MarketoObjects => ({
    ...objects,
    upsert: (entity, records) =>
      objects.upsert(
        entity,
        entity.startsWith('custom:') ? records.map(({ leadId: _, ...rest }) => rest) : records,
      ),
  }),
};
