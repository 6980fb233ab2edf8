import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { addColumns, removeColumn } from '../core/changeColumns.ts';
import { setKeyStatus } from '../core/changeKeys.ts';
import { findSnapshot, restoreEnvironment, takeSnapshot } from '../core/environmentSnapshots.ts';
import { grantColumn } from '../core/grantColumn.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { requireTable } from './controlTargets.ts';
import { columnsFromBody } from '../metadata/columnsFromBody.ts';

const securitySchema = Type.Object(
  {
    table: Type.String(),
    column: Type.String(),
    secured: Type.Boolean(),
    canRead: Type.Boolean({ default: false }),
    canCreate: Type.Boolean({ default: false }),
    canUpdate: Type.Boolean({ default: false }),
  },
  { additionalProperties: false },
);
const columnSchema = Type.Object({
  table: Type.String(),
  column: Type.Record(Type.String(), Type.Unknown()),
});
const keySchema = Type.Object({
  status: Type.Union([
    Type.Literal('Pending'),
    Type.Literal('InProgress'),
    Type.Literal('Active'),
    Type.Literal('Failed'),
  ]),
});
const snapshotSchema = Type.Object({ name: Type.Optional(Type.String()) }, { additionalProperties: false });
const restoreSchema = Type.Object(
  { snapshot: Type.Optional(Type.String()), atMs: Type.Optional(Type.Number()) },
  { additionalProperties: false },
);

function columnRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.post<{ Body: Static<typeof columnSchema> }>(
    '/columns',
    { schema: { body: columnSchema } },
    ({ body }) => {
      const table = requireTable(state, body.table);
      addColumns(state, table, columnsFromBody(table, body.column));
      return { metadataVersion: state.metadata.version };
    },
  );
  app.delete<{ Params: { table: string; name: string } }>('/columns/:table/:name', ({ params }) => {
    removeColumn(state, requireTable(state, params.table), params.name);
    return { metadataVersion: state.metadata.version };
  });
  app.post<{ Params: { table: string; name: string }; Body: Static<typeof keySchema> }>(
    '/keys/:table/:name',
    { schema: { body: keySchema } },
    ({ params, body }) => {
      setKeyStatus(state, requireTable(state, params.table), params.name, body.status);
      return { metadataVersion: state.metadata.version };
    },
  );
  app.post<{ Body: Static<typeof securitySchema> }>(
    '/columnSecurity',
    { schema: { body: securitySchema } },
    ({ body }) => {
      grantColumn(state, requireTable(state, body.table), body);
      return { metadataVersion: state.metadata.version };
    },
  );
}

function snapshotRoutes(app: FastifyInstance, state: OrganizationState): void {
  const described = ({
    name,
    atMs,
    store,
  }: ReturnType<typeof takeSnapshot>): Readonly<Record<string, unknown>> => ({
    snapshot: name,
    atMs,
    highWaterMark: store.version,
  });
  app.get('/snapshots', () => ({ snapshots: [...state.snapshots.values()].map(described) }));
  app.post<{ Body: Static<typeof snapshotSchema> }>(
    '/snapshots',
    { schema: { body: snapshotSchema } },
    ({ body }) => described(takeSnapshot(state, body.name ?? state.newId())),
  );
  app.post<{ Body: Static<typeof restoreSchema> }>(
    '/restore',
    { schema: { body: restoreSchema } },
    ({ body }) => {
      const { snapshot: name, atMs } = body;
      const found = findSnapshot(state, {
        ...(name === undefined ? {} : { name }),
        ...(atMs === undefined ? {} : { atMs }),
      });
      restoreEnvironment(state, found);
      return { ...described(found), organizationId: state.identity.organizationId };
    },
  );
}

/** Control routes that change the environment itself: columns, column security, snapshots and restores. */
export function environmentRoutes(app: FastifyInstance, state: OrganizationState): void {
  columnRoutes(app, state);
  snapshotRoutes(app, state);
}
