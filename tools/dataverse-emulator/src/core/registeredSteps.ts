import type { Row } from './columnDefinition.ts';
import { hookAuth, messageNames, type MessageName, type StepImage, type Webhook } from './webhook.ts';
import type { OrganizationState } from './organizationState.ts';

const webhookContract = 8;
const enabled = 0;
const imageTimes = ['before', 'after', 'both'] as const;

function listOf(text: unknown): ReadonlySet<string> | null {
  const names = typeof text === 'string' ? text.split(',').map((name) => name.trim().toLowerCase()) : [];
  const filled = names.filter((name) => name !== '');
  return filled.length === 0 ? null : new Set(filled);
}

function imageOf(row: Row): StepImage {
  const { entityalias: alias, imagetype: type, attributes } = row;
  return { alias: String(alias), when: imageTimes[Number(type)] ?? 'both', columns: listOf(attributes) };
}

function imagesOf(state: OrganizationState, step: string): readonly StepImage[] {
  return [...state.store.rows('sdkmessageprocessingstepimage')]
    .filter((row) => row['_sdkmessageprocessingstepid_value'] === step)
    .map(imageOf);
}

function messageOf(state: OrganizationState, step: Row): MessageName | undefined {
  const row = state.store.row('sdkmessage', String(step['_sdkmessageid_value']));
  return Object.values(messageNames).find((name) => name === row?.['name']);
}

function tableOf(state: OrganizationState, step: Row): string | null {
  const id = step['_sdkmessagefilterid_value'];
  const row = typeof id === 'string' ? state.store.row('sdkmessagefilter', id) : undefined;
  return row ? String(row['primaryobjecttypecode']) : null;
}

function webhookOf(state: OrganizationState, step: Row): Webhook | undefined {
  const endpoint = state.store.row('serviceendpoint', String(step['_eventhandler_value']));
  const message = messageOf(state, step);
  const isCalled = endpoint?.['contract'] === webhookContract && step['statecode'] === enabled;
  if (!endpoint || !message || !isCalled) return undefined;
  const id = String(step['sdkmessageprocessingstepid']);
  return {
    id,
    url: String(endpoint['url']),
    table: tableOf(state, step),
    message,
    auth: hookAuth(endpoint['authtype'], String(endpoint['authvalue'] ?? '')),
    mode: step['mode'] === 0 ? 'synchronous' : 'asynchronous',
    stage: Number(step['stage']),
    rank: Number(step['rank']),
    filteringColumns: listOf(step['filteringattributes']),
    images: imagesOf(state, id),
  };
}

function read(state: OrganizationState): readonly Webhook[] {
  return [...state.store.rows('sdkmessageprocessingstep')]
    .flatMap((step) => webhookOf(state, step) ?? [])
    .sort((left, right) => left.stage - right.stage || left.rank - right.rank);
}

const tables = ['serviceendpoint', 'sdkmessageprocessingstep', 'sdkmessageprocessingstepimage'];

/** Names one content of the tables of registration: their newest versions are never used twice within a generation. */
function contentOf({ store }: OrganizationState): string {
  const newest = tables.map((table) => {
    const [mark] = store.marksBackward(table);
    return mark?.version ?? 0;
  });
  return [store.generation(), ...newest].join();
}

/** Answers the webhooks that are registered as steps, in the order in which they run; read anew when a registration changed. */
export function createRegisteredSteps(): (state: OrganizationState) => readonly Webhook[] {
  let known: readonly Webhook[] = [];
  let content = '';
  return (state) => {
    if (state.store.count('sdkmessageprocessingstep') === 0) return [];
    const current = contentOf(state);
    if (current !== content) [known, content] = [read(state), current];
    return known;
  };
}
