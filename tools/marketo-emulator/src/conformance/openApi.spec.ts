import { openApiOf, type OpenApiDocument } from './openApi.ts';

const document = (): OpenApiDocument => ({
  paths: {
    '/rest/v1/leads/{id}.json': {
      get: { responses: { 200: { schema: { $ref: '#/definitions/ResponseOfLead' } } } },
    },
    '/rest/v1/leads/describe.json': {
      get: {
        description: 'Fields. Required Permissions: Read-Only Lead, Read-Write Lead<br>',
        responses: { 200: {} },
      },
    },
    '/rest/v1/leads.json': {
      post: {
        parameters: [
          { name: 'partition', in: 'query', required: true },
          { name: 'body', in: 'body', schema: { $ref: '#/definitions/Sync' } },
        ],
        responses: { 200: {} },
      },
    },
  },
  definitions: {
    Sync: { required: ['input'], properties: { input: { type: 'array' } } },
    ResponseOfLead: {
      required: ['requestId', 'errors'],
      properties: { requestId: { type: 'string' }, errors: { type: 'array' } },
    },
  },
});

const faultsOf = (
  method: string,
  path: string,
  { body, answer = {} }: { body?: unknown; answer?: unknown },
) => openApiOf(document()).faultsOf({ method, url: new URL(`http://marketo/rest/v1/${path}`), body, answer });

describe('a document of an API', () => {
  it('tells what it does not allow in an answer, as patched', () => {
    expect(faultsOf('GET', 'leads/7.json', { answer: { requestId: 'a' } })).toEqual([]);
    expect(faultsOf('GET', 'leads/7.json', { answer: { requestId: 7 } })).toEqual([
      'answer/requestId must be string',
    ]);
  });

  it('tells what it does not allow in a call, unless the call was refused', () => {
    const body = { input: 'all' };
    expect(faultsOf('POST', 'leads.json?other=1', { body })).toEqual([
      'request lacks the parameter partition',
      'request has the parameter other',
      'request/input must be array',
    ]);
    expect(faultsOf('POST', 'leads.json?other=1', { body, answer: { success: false } })).toEqual([]);
  });

  it('tells what an operation asks of a role', () => {
    const openApi = openApiOf(document());
    const permissions = ['Read-Only Lead', 'Read-Write Lead'];
    expect(openApi.permissionsOf('GET', '/rest/v1/leads/describe.json')).toEqual(permissions);
    expect(openApi.permissionsOf('POST', '/rest/v1/leads.json')).toBeNull();
    expect(openApi.permissionsOf('GET', '/rest/v1/lists.json')).toBeNull();
  });

  it('prefers a literal path, and says when it does not know an operation', () => {
    expect(faultsOf('GET', 'leads/describe.json', { answer: { requestId: 7 } })).toEqual([]);
    expect(faultsOf('POST', 'leads/7.json', {})).toBeNull();
    expect(faultsOf('GET', 'lists.json', {})).toBeNull();
  });
});
