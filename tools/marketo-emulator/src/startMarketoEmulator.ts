import { randomUUID } from 'node:crypto';
import compress from '@fastify/compress';
import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import type { Credentials } from './core/apiUsers.ts';
import { createInstance } from './core/createInstance.ts';
import type { Instance } from './core/instance.ts';
import { addControlRoutes } from './http/controlRoutes.ts';
import { addFlowStepCallback } from './http/flowStepRoutes.ts';
import { addIdentityRoutes } from './http/identityRoutes.ts';
import { addRestRoutes } from './http/restRoutes.ts';

/** How to start an emulator; everything has a default. */
export interface MarketoEmulatorOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Address to listen on, 127.0.0.1 by default. */
  readonly host?: string;
  /** Host name in the answered url, when clients see another one. */
  readonly publicHost?: string;
  /** Opens the control API under /_control; off by default because it needs no credentials. */
  readonly control?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/** A running emulator. */
export interface MarketoEmulator {
  /** Base address; identity is at `url/identity`, REST at `url/rest`. */
  readonly url: string;
  /** Credentials of a user that may do everything. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** Cuts open connections and cancels delayed commits. */
  readonly close: () => Promise<void>;
}

const bodyBytesMax = 1024 * 1024;
const headerBytesMax = 64 * 1024;
const gzipBytesMin = 1024;

/** Starts an empty emulated Marketo subscription; rejects when the port is taken. */
export async function startMarketoEmulator(options: MarketoEmulatorOptions = {}): Promise<MarketoEmulator> {
  const { port = 0, host = '127.0.0.1', control = false, now = Date.now } = options;
  const timers = new Set<NodeJS.Timeout>();
  const credentials = credentialsOf(options);
  const instance = createInstance(surroundingsOf(now, timers), credentials);
  const app = createServer(instance, control);
  const address = new URL(await app.listen({ port, host }));
  return {
    url: `http://${options.publicHost ?? host}:${address.port}`,
    ...credentials,
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      await app.close();
    },
  };
}

function credentialsOf(options: MarketoEmulatorOptions): Credentials {
  return {
    clientId: options.clientId ?? randomUUID(),
    clientSecret: options.clientSecret ?? randomUUID().replaceAll('-', ''),
  };
}

function createServer(instance: Instance, hasControl: boolean): FastifyInstance {
  const app = fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    http: { maxHeaderSize: headerBytesMax },
  });
  // Bodies stay text: wrong JSON and wrong content types have answers of their own (609, 612).
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('date', new Date(instance.now()).toUTCString());
    done();
  });
  void app.register(compress, { encodings: ['gzip'], threshold: gzipBytesMin, globalDecompression: false });
  void app.register((routes, _options, done) => {
    addIdentityRoutes(routes, instance);
    if (hasControl) addControlRoutes(routes, instance);
    addFlowStepCallback(routes, instance);
    addRestRoutes(routes, instance);
    done();
  });
  return app;
}

function surroundingsOf(
  now: () => number,
  timers: Set<NodeJS.Timeout>,
): Pick<Instance, 'now' | 'random' | 'newId' | 'pause' | 'later'> {
  return {
    now,
    random: Math.random,
    newId: randomUUID,
    pause: (durationMs) =>
      durationMs <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, durationMs)),
    later: (durationMs, task) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        void task();
      }, durationMs);
      timers.add(timer);
    },
  };
}
