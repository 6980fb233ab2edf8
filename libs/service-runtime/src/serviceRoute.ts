import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What is known of a call before its body is read. Names of headers are in lower case; a repeated one counts as absent. */
export type CallHead = {
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/** One more address on a service's HTTP port, beside health and metrics. */
export type ServiceRoute = {
  readonly method: 'POST';
  readonly path: string;
  /** A larger body is refused with 413. */
  readonly bodyBytesMax: number;
  /** Asked before the body is read; false is answered with 401. */
  admits(head: CallHead): boolean;
  /** The status to answer with; the answer has no body. */
  answer(head: CallHead, body: Buffer): number;
};

/** Serves `route` with its body as bytes, whatever type the caller says that it has. */
export function addRoute(app: FastifyInstance, route: ServiceRoute): void {
  void app.register((scope, _, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
    scope.route({
      method: route.method,
      url: route.path,
      bodyLimit: route.bodyBytesMax,
      onRequest: async (request, reply) => {
        if (!route.admits(headOf(request))) await reply.code(401).send();
      },
      handler: async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        await reply.code(route.answer(headOf(request), body)).send();
      },
    });
    done();
  });
}

/** The parts of a call that come before its body. */
export function headOf({ query, headers }: FastifyRequest): CallHead {
  return { query: texts(query as Record<string, unknown>), headers: texts(headers) };
}

function texts(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const found = Object.entries(values).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );

  return Object.fromEntries(found);
}
