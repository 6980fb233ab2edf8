import type { CellValue, ColumnDefinition, ColumnType, Row } from './columnDefinition.ts';
import type { CallContext } from './application.ts';
import type { StateEntry } from './stateLog.ts';
import type { OrganizationState } from './organizationState.ts';
import { messageNames, type StepImage, type Webhook } from './webhook.ts';

/** A change and the call that it came from, if any. */
export interface ChangeOfCall {
  readonly entry: StateEntry;
  readonly call: CallContext | undefined;
  readonly correlationId: string;
}

const postOperation = 40;
const crmTypes = 'http://schemas.microsoft.com/xrm/2011/Contracts';

type Pair = { readonly key: string; readonly value: unknown };

const optionSetValue = (value: CellValue): unknown => ({
  __type: `OptionSetValue:${crmTypes}`,
  Value: value,
});

/** How the types that are objects in the SDK are printed; all others are plain. */
const printers: Partial<Readonly<Record<ColumnType, (value: CellValue) => unknown>>> = {
  Lookup: (value) => ({ __type: `EntityReference:${crmTypes}`, Id: value, LogicalName: null }),
  Picklist: optionSetValue,
  State: optionSetValue,
  Status: optionSetValue,
  Money: (value) => ({ __type: `Money:${crmTypes}`, Value: Number(value) }),
};

function attributeValue(column: ColumnDefinition | undefined, property: string, value: CellValue): Pair {
  if (column === undefined || value === null) return { key: column?.name ?? property, value };
  return { key: column.name, value: printers[column.type]?.(value) ?? value };
}

function entityJson(state: OrganizationState, table: string, id: string, cells: Row): unknown {
  const columns = state.tables.get(table)?.byProperty;
  return {
    __type: `Entity:${crmTypes}`,
    Id: id,
    LogicalName: table,
    Attributes: Object.entries(cells)
      .filter(([property]) => !property.includes('@'))
      .map(([property, value]) => attributeValue(columns?.get(property), property, value ?? null)),
  };
}

/** What an update changed; all of it for a new row. */
function changedCells(before: Row | undefined, after: Row): Row {
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => (before?.[name] ?? null) !== (after[name] ?? null))
      .map((name) => [name, after[name] ?? null]),
  );
}

/** The columns that an image takes of a row. */
function imageCells(state: OrganizationState, table: string, row: Row, { columns }: StepImage): Row {
  if (columns === null) return row;
  const definitions = state.tables.get(table)?.byProperty;
  const isTaken = (property: string): boolean => columns.has(definitions?.get(property)?.name ?? property);
  return Object.fromEntries(Object.entries(row).filter(([property]) => isTaken(property)));
}

function registeredImages(
  state: OrganizationState,
  { images }: Webhook,
  { table, id, before, after }: StateEntry,
  when: 'before' | 'after',
): readonly Pair[] {
  const row = when === 'before' ? before : after;
  if (!row) return [];
  return images
    .filter((image) => image.when === when || image.when === 'both')
    .map((image) => ({
      key: image.alias,
      value: entityJson(state, table, id, imageCells(state, table, row, image)),
    }));
}

/** An asynchronous step sees the whole row as it is then. */
function ownImages(
  state: OrganizationState,
  { mode }: Webhook,
  { table, id, after }: StateEntry,
): readonly Pair[] {
  if (mode !== 'asynchronous' || !after) return [];
  return [{ key: 'AsynchronousStepPrimaryName', value: entityJson(state, table, id, after) }];
}

function reference(table: string, id: string): Readonly<Record<string, unknown>> {
  return { __type: `EntityReference:${crmTypes}`, Id: id, LogicalName: table };
}

function dataParts(
  state: OrganizationState,
  hook: Webhook,
  entry: StateEntry,
): Readonly<Record<string, unknown>> {
  const { table, id, after, before } = entry;
  const target = after ? entityJson(state, table, id, changedCells(before, after)) : reference(table, id);
  // Before the change there is no row to be seen after it.
  const seenAfter = hook.stage === postOperation ? registeredImages(state, hook, entry, 'after') : [];
  return {
    InputParameters: [{ key: 'Target', value: target }],
    OutputParameters: [],
    PreEntityImages: registeredImages(state, hook, entry, 'before'),
    PostEntityImages: [...ownImages(state, hook, entry), ...seenAfter],
    ParentContext: null,
  };
}

function whoParts(
  state: OrganizationState,
  { entry, call }: ChangeOfCall,
): Readonly<Record<string, unknown>> {
  const { organizationId, businessUnitId } = state.identity;
  return {
    UserId: entry.actor.id,
    InitiatingUserId: entry.actor.actingUserId ?? entry.actor.id,
    BusinessUnitId: businessUnitId,
    OrganizationId: organizationId,
    OrganizationName: 'emulated',
    SharedVariables: call?.tag === undefined ? [] : [{ key: 'tag', value: call.tag }],
  };
}

/** The body that a webhook is called with (facts, section 7); its data parts are left out when they are too large. */
export function remoteExecutionContext(
  state: OrganizationState,
  hook: Webhook,
  change: ChangeOfCall,
): Readonly<Record<string, unknown>> {
  const { table, id, operation, atMs } = change.entry;
  const isSynchronous = hook.mode === 'synchronous';
  return {
    MessageName: messageNames[operation],
    PrimaryEntityName: table,
    PrimaryEntityId: id,
    SecondaryEntityName: 'none',
    Depth: 1,
    Stage: hook.stage,
    Mode: isSynchronous ? 0 : 1,
    IsInTransaction: isSynchronous,
    CorrelationId: change.correlationId,
    OperationCreatedOn: `/Date(${atMs}+0000)/`,
    OwningExtension: reference('sdkmessageprocessingstep', hook.id),
    ...whoParts(state, change),
    ...dataParts(state, hook, change.entry),
  };
}
