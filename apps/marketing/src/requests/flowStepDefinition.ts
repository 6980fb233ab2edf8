/** Texts that Marketo shows its users; English only. */
const inEnglish = <Text>(text: Text) => ({ en_US: text });

type Choice = { readonly submittedValue: string; readonly displayValue: { readonly en_US: string } };

const choice = (submittedValue: string, text: string): Choice => ({
  submittedValue,
  displayValue: inEnglish(text),
});

/** The inputs of which one of several values is chosen. */
export const picklists: ReadonlyMap<string, readonly Choice[]> = new Map([
  [
    'request',
    [
      choice('sync', 'Sync person'),
      choice('change owner', 'Change owner'),
      choice('create task', 'Create task'),
      choice('add to campaign', 'Add to campaign'),
      choice('remove from campaign', 'Remove from campaign'),
    ],
  ],
  ['as', [choice('lead', 'Lead'), choice('contact', 'Contact')]],
]);

const inputs: readonly (readonly [name: string, dataType: string, label: string, help: string])[] = [
  ['request', 'string', 'Request', 'What is to be done in Dynamics.'],
  ['as', 'string', 'Sync as', 'Of a person who is not in Dynamics yet; a lead when empty.'],
  ['owner', 'string', 'Owner', 'User of Dynamics: address, name or GUID.'],
  ['subject', 'string', 'Subject', 'Of a task.'],
  ['description', 'text', 'Description', 'Of a task.'],
  ['due', 'string', 'Due', 'Of a task: a number of days, or a date such as 2026-03-31; 5 days when empty.'],
  ['status', 'string', 'Status', 'Of a task: its status reason.'],
  ['campaign', 'string', 'Campaign', 'Campaign of Dynamics: name or GUID.'],
];

const results: readonly (readonly [name: string, label: string])[] = [
  ['requestId', 'Request id'],
  ['requestState', 'State of the request'],
];

/** What Marketo's users fill in, and what is logged as an activity of each person. */
export const serviceDefinition = {
  apiName: 'lockstepRequest',
  i18n: inEnglish({
    name: 'Request in Dynamics',
    filterName: 'Request in Dynamics was made',
    triggerName: 'Request in Dynamics is made',
    description: 'Syncs a person to Dynamics, changes its owner, creates a task, or changes campaigns.',
  }),
  primaryAttribute: 'request',
  invocationPayloadDef: {
    globalAttributes: [],
    flowAttributes: inputs.map(([apiName, dataType, name, description]) => ({
      apiName,
      dataType,
      i18n: inEnglish({ name, description, uiTooltip: description }),
      hasPicklist: picklists.has(apiName),
      enforcePicklistSelect: picklists.has(apiName),
    })),
    fields: [],
    headers: [],
    userDrivenMapping: false,
    subscriptionContext: true,
  },
  callbackPayloadDef: {
    attributes: results.map(([apiName, name]) => ({
      apiName,
      dataType: 'string',
      i18n: inEnglish({ name }),
    })),
    fields: [],
    userDrivenMapping: false,
  },
};

const answered = (description: string) => ({ description });
const jsonOf = (name: string) => ({
  'application/json': { schema: { $ref: `#/components/schemas/${name}` } },
});

const callback = {
  post: {
    parameters: ['x-api-key', 'x-callback-token'].map((name) => ({
      ...{ in: 'header', name, required: true },
      schema: { type: 'string' },
    })),
    requestBody: { description: 'What became of each person.', content: jsonOf('flowCallBack') },
    responses: { 404: answered('Not found'), 405: answered('Not valid') },
  },
};

const submit = {
  post: {
    requestBody: { required: true, content: jsonOf('async') },
    callbacks: { selfServiceFlowComplete: { '{$request.body#/flowComplete}': callback } },
    responses: {
      201: answered('The requests are stored.'),
      400: answered('The call is not valid; nothing is stored.'),
      401: answered('The key is wrong.'),
      403: answered('Not used.'),
      429: answered('Not used.'),
      500: answered('Stored in part or not at all; to be sent again.'),
    },
  },
};

const gives = (name: string) => ({ responses: { 200: { description: 'OK', content: jsonOf(name) } } });

/** By this document an administrator of Marketo installs the step (Admin, Service Providers); its addresses are relative to its own. */
export const openApiDocument = {
  openapi: '3.0.1',
  info: {
    title: 'Lockstep',
    version: '1.0.0',
    description: 'Requests of marketers in Dynamics 365.',
    'x-providerName': 'Lockstep',
    'x-schemaVersion': '1.0.0',
    'x-supportContact': 'your Lockstep operator',
  },
  security: [{ apiKey: [] }],
  paths: {
    '/submitAsyncAction': submit,
    '/getServiceDefinition': { get: gives('serviceDefinition') },
    '/status': { get: gives('serviceStatus') },
    '/getPicklist': {
      post: {
        requestBody: { required: true, content: jsonOf('getPicklistRequest') },
        ...gives('picklistObject'),
      },
    },
  },
  components: {
    schemas: Object.fromEntries(
      [
        'async',
        'flowCallBack',
        'serviceDefinition',
        'serviceStatus',
        'getPicklistRequest',
        'picklistObject',
      ].map((name) => [name, { type: 'object', additionalProperties: true }]),
    ),
    securitySchemes: { apiKey: { type: 'apiKey', name: 'x-api-key', in: 'header' } },
  },
};
