import { createPublicKey } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { createApplication, type Application } from '../core/application.ts';
import { DataverseError } from '../core/dataverseError.ts';
import { userId } from '../core/actor.ts';
import { nowMs, type OrganizationState } from '../core/organizationState.ts';
import { addApplicationUser } from '../core/users.ts';
import { readCertificate } from './clientCredential.ts';

const moment = Type.Optional(Type.Number());
const word = Type.String({ minLength: 1, maxLength: 10_000 });
const closed = { additionalProperties: false };
const credentials = {
  secrets: Type.Optional(
    Type.Array(Type.Object({ value: word, startMs: moment, endMs: moment }, closed), { maxItems: 20 }),
  ),
  publicKeyPem: Type.Optional(word),
  certificateThumbprint: Type.Optional(word),
  federated: Type.Optional(
    Type.Object({ issuer: word, subject: word, audience: word, publicKeyPem: word }, closed),
  ),
};
const rights = {
  isBlocked: Type.Optional(Type.Boolean()),
  missingPrivileges: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  mayActOnBehalf: Type.Optional(Type.Boolean()),
  mayBypassLogic: Type.Optional(Type.Boolean()),
  revokeTokens: Type.Optional(Type.Boolean()),
};
const newSchema = Type.Object(
  {
    clientId: Type.Optional(Type.String({ format: 'uuid' })),
    clientSecret: Type.Optional(word),
    name: Type.Optional(word),
    ...credentials,
    ...rights,
  },
  closed,
);
const changeSchema = Type.Object({ ...credentials, ...rights }, closed);
const applicationsMax = 1000;

type Change = Static<typeof changeSchema>;

function readOrRefuse<Result>(read: () => Result): Result {
  try {
    return read();
  } catch {
    throw new DataverseError(400, '0x80040203', 'The text is neither a certificate nor a public key.');
  }
}

function changeCredentials(state: OrganizationState, application: Application, change: Change): void {
  const { secrets, publicKeyPem, federated } = change;
  if (secrets)
    application.secrets = secrets.map(({ value, startMs = -Infinity, endMs = Infinity }) => ({
      id: state.newId(),
      value,
      startMs,
      endMs,
    }));
  if (publicKeyPem !== undefined)
    application.certificates = [
      ...application.certificates,
      readOrRefuse(() => readCertificate(publicKeyPem, change.certificateThumbprint)),
    ].slice(-20);
  if (federated) {
    const publicKey = readOrRefuse(() => createPublicKey(federated.publicKeyPem));
    application.federated = [...application.federated, { ...federated, publicKey }].slice(-20);
  }
}

function changeApplication(state: OrganizationState, application: Application, change: Change): void {
  changeCredentials(state, application, change);
  application.isBlocked = change.isBlocked ?? application.isBlocked;
  application.missingPrivileges = change.missingPrivileges ?? application.missingPrivileges;
  application.mayActOnBehalf = change.mayActOnBehalf ?? application.mayActOnBehalf;
  application.mayBypassLogic = change.mayBypassLogic ?? application.mayBypassLogic;
  if (change.revokeTokens) application.revokedBeforeMs = nowMs(state);
}

function applicationJson({ clientId, actor, ...rest }: Application): Readonly<Record<string, unknown>> {
  const { isBlocked, missingPrivileges, mayActOnBehalf, mayBypassLogic } = rest;
  return {
    clientId,
    name: actor.name,
    userId: actor.id,
    secrets: rest.secrets.length,
    isBlocked,
    missingPrivileges,
    mayActOnBehalf,
    mayBypassLogic,
  };
}

function addApplication(
  state: OrganizationState,
  body: Static<typeof newSchema>,
): Readonly<Record<string, unknown>> {
  const { clientId = state.newId(), clientSecret = state.newId(), name = `application ${clientId}` } = body;
  if (state.applications.has(clientId) || state.applications.size >= applicationsMax)
    throw new DataverseError(
      409,
      '0x80040237',
      'There is such an application already, or there are too many.',
    );
  const application = createApplication(clientId, { id: userId(name), name, kind: 'application' });
  application.secrets = [{ id: state.newId(), value: clientSecret, startMs: -Infinity, endMs: Infinity }];
  changeApplication(state, application, body);
  addApplicationUser(state, application);
  state.applications.set(clientId, application);
  return { ...applicationJson(application), clientSecret };
}

/** Control of applications and what they used. */
export function applicationRoutes(app: FastifyInstance, state: OrganizationState): void {
  app.get('/applications', () => ({ applications: [...state.applications.values()].map(applicationJson) }));
  app.post<{ Body: Static<typeof newSchema> }>('/applications', { schema: { body: newSchema } }, ({ body }) =>
    addApplication(state, body),
  );
  app.post<{ Body: Change; Params: { clientId: string } }>(
    '/applications/:clientId',
    { schema: { body: changeSchema } },
    ({ body, params }) => {
      const application = state.applications.get(params.clientId);
      if (!application) throw new DataverseError(404, '0x80040217', 'There is no such application.');
      changeApplication(state, application, body);
      return applicationJson(application);
    },
  );
  app.get('/usage', () => ({ days: state.usage.days() }));
}
