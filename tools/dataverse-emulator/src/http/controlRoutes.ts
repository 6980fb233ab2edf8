import { applicationRoutes } from './applicationRoutes.ts';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { actorOf, requireTable } from './controlTargets.ts';
import { duplicateRuleRoutes } from './duplicateRuleRoutes.ts';
import { environmentRoutes } from './environmentRoutes.ts';
import { pluginRoutes } from './pluginRoutes.ts';
import { webhookRoutes } from './webhookRoutes.ts';
import { scaleRoutes } from './scaleRoutes.ts';
import { voidTokensOf } from '../core/changeTables.ts';
import { DataverseError } from '../core/dataverseError.ts';
import { emulatorSettingsSchema } from '../core/emulatorSettings.ts';
import { faultSchema, type Fault } from '../core/faultPlan.ts';
import { withSynchronousSteps } from '../core/judgement.ts';
import type { StateEntry } from '../core/stateLog.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import type { Row } from '../core/columnDefinition.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { publishRetention } from '../core/users.ts';
import { deleteRow } from '../core/deleteRow.ts';
import { createRow, updateRow } from '../core/writeRow.ts';

const fields = Type.Record(Type.String(), Type.Unknown());
const actorName = Type.Optional(Type.String({ minLength: 1 }));
const rowsSchema = Type.Object({ table: Type.String(), rows: Type.Array(fields), actor: actorName });
const editSchema = Type.Object({ table: Type.String(), id: Type.String(), fields, actor: actorName });
const deleteSchema = Type.Object({ table: Type.String(), id: Type.String(), actor: actorName });
const clockSchema = Type.Object(
  { advanceMs: Type.Optional(Type.Number()), now: Type.Optional(Type.Number()) },
  { additionalProperties: false },
);
const windowSchema = Type.Object({
  skip: Type.Integer({ minimum: 0, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 100_000 }),
});
const rangeSchema = Type.Object({
  after: Type.Integer({ minimum: 0, default: 0 }),
  limit: Type.Integer({ minimum: 1, maximum: 100_000, default: 1000 }),
});
const settingsSchema = Type.Partial(
  Type.Object({
    ...emulatorSettingsSchema.properties,
    limits: Type.Partial(emulatorSettingsSchema.properties.limits, { additionalProperties: false }),
  }),
  { additionalProperties: false },
);

function changedColumns({ before, after }: StateEntry): Readonly<Record<string, unknown>> {
  const names = Object.keys({ ...before, ...after }).filter((name) => name !== 'versionnumber');
  const changes = names.map(
    (name) => [name, { before: before?.[name] ?? null, after: after?.[name] ?? null }] as const,
  );
  return Object.fromEntries(changes.filter(([, change]) => change.before !== change.after));
}

/** Every column by its JSON name, nulls included; money and decimals as exact text. */
function fullRow(table: TableDefinition | undefined, row: Row): Row {
  const empty = table?.columns.map(({ property }) => [property, null] as const) ?? [];
  return { ...Object.fromEntries(empty), ...row };
}

function stateJson(
  state: OrganizationState,
  sequence: number,
  entry: StateEntry,
): Readonly<Record<string, unknown>> {
  const { atMs, actor, operation, table, id, version, after } = entry;
  return {
    sequence,
    at: new Date(atMs).toISOString(),
    actor: actor.name,
    actorKind: actor.kind,
    operation,
    table,
    id,
    version,
    changed: changedColumns(entry),
    row: after ? fullRow(state.tables.get(table), after) : null,
  };
}

function rowRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof rowsSchema> }>('/rows', { schema: { body: rowsSchema } }, ({ body }) => {
    const table = requireTable(state, body.table);
    const actor = actorOf(state, body.actor);
    return withSynchronousSteps(state, () => {
      const commits = body.rows.map((row) =>
        createRow(state, { table, body: row, actor, isPrivileged: true }),
      );
      return { ids: commits.map(({ id }) => id), versions: commits.map(({ version }) => version) };
    });
  });
  app.get<{ Params: { table: string }; Querystring: Static<typeof windowSchema> }>(
    '/rows/:table',
    { schema: { querystring: windowSchema } },
    ({ params, query: { skip, limit } }) => {
      const table = requireTable(state, params.table);
      const ids = [...state.store.ids(table.name)].slice(skip, skip + limit);
      const rows = ids.map((id) => state.store.row(table.name, id));
      return { rows: rows.map((row) => row && fullRow(table, row)) };
    },
  );
  app.get<{ Params: { table: string; id: string } }>('/rows/:table/:id', ({ params }) => {
    const table = requireTable(state, params.table);
    const row = state.store.row(table.name, params.id.toLowerCase());
    if (!row) throw new DataverseError(404, '0x80040217', 'There is no such row.');
    return fullRow(table, row);
  });
  app.post<{ Body: Static<typeof editSchema> }>('/edits', { schema: { body: editSchema } }, ({ body }) => {
    const table = requireTable(state, body.table);
    const request = { table, body: body.fields, actor: actorOf(state, body.actor), isPrivileged: true };
    return withSynchronousSteps(state, () => ({
      version: updateRow(state, request, body.id.toLowerCase()).version,
    }));
  });
  app.post<{ Body: Static<typeof deleteSchema> }>(
    '/deletes',
    { schema: { body: deleteSchema } },
    ({ body }) => {
      const table = requireTable(state, body.table);
      const actor = actorOf(state, body.actor);
      return withSynchronousSteps(state, () => ({
        version: deleteRow(state, table, body.id.toLowerCase(), actor).version,
      }));
    },
  );
}

function clockRoutes(app: FastifyInstance, state: OrganizationState): void {
  const clock = (): Readonly<Record<string, unknown>> => ({
    now: nowMs(state),
    iso: new Date(nowMs(state)).toISOString(),
    offsetMs: state.clockOffsetMs,
  });
  app.get('/clock', clock);
  app.post<{ Body: Static<typeof clockSchema> }>('/clock', { schema: { body: clockSchema } }, ({ body }) => {
    if (body.now !== undefined) state.clockOffsetMs = body.now - state.baseNow();
    state.clockOffsetMs += body.advanceMs ?? 0;
    return clock();
  });
}

function faultRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.get('/faults', () => ({ faults: state.faults.remaining() }));
  app.delete('/faults', () => {
    state.faults.disarm();
    return { faults: [] };
  });
  app.post<{ Body: Fault }>('/faults', { schema: { body: faultSchema } }, ({ body }) => {
    const id = body.id ?? state.newId();
    try {
      state.faults.arm({ ...body, id });
    } catch {
      throw new DataverseError(400, '0x80040203', 'match.path is not a regular expression.');
    }
    return { id };
  });
}

function logRoutes(app: FastifyInstance, state: OrganizationState): void {
  type Range = { Querystring: Static<typeof rangeSchema> };
  app.get<Range>('/calls', { schema: { querystring: rangeSchema } }, ({ query }) => ({
    calls: state.calls.after(query.after, query.limit).map(({ sequence, entry: { atMs, ...call } }) => ({
      sequence,
      at: new Date(atMs).toISOString(),
      ...call,
    })),
    last: state.calls.last(),
  }));
  app.get<Range>('/states', { schema: { querystring: rangeSchema } }, ({ query }) => ({
    states: state.states
      .after(query.after, query.limit)
      .map(({ sequence, entry }) => stateJson(state, sequence, entry)),
    last: state.states.last(),
  }));
}

function settingRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.get('/settings', () => state.settings);
  app.post<{ Body: Static<typeof settingsSchema> }>(
    '/settings',
    { schema: { body: settingsSchema } },
    ({ body }) => {
      const { limits, ...others } = body;
      const former = state.settings;
      state.settings = { ...state.settings, ...others, limits: { ...state.settings.limits, ...limits } };
      const { retentionDays, metadataRetentionDays } = state.settings;
      const isKept =
        retentionDays === former.retentionDays && metadataRetentionDays === former.metadataRetentionDays;
      if (!isKept) publishRetention(state);
      return state.settings;
    },
  );
  app.post<{ Params: { table: string } }>('/tokens/:table/expire', ({ params }) => {
    const table = requireTable(state, params.table);
    return { voidUpTo: voidTokensOf(state, table.name) };
  });
}

/** The control API: seeding, edits as a human, clock, faults, logs, settings. It has no authentication. */
export function controlRoutes(state: OrganizationState): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
      const status = error instanceof DataverseError ? error.status : (error.statusCode ?? 500);
      const code = error instanceof DataverseError ? error.code : 'control';
      return reply.code(status).send({ error: { code, message: error.message } });
    });
    for (const add of [
      applicationRoutes,
      rowRoutes,
      scaleRoutes,
      clockRoutes,
      faultRoutes,
      logRoutes,
      settingRoutes,
      environmentRoutes,
      webhookRoutes,
      pluginRoutes,
      duplicateRuleRoutes,
    ])
      add(app, state);
  };
}
