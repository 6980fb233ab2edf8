import type { CellValue, ColumnDefinition, ColumnType, Row } from './columnDefinition.ts';
import type { CallContext } from './application.ts';
import type { OrganizationState, StateEntry } from './organizationState.ts';

/** A committed change and the call that it came from, if any. */
export interface CommittedChange {
  readonly entry: StateEntry;
  readonly call: CallContext | undefined;
}

const crmTypes = 'http://schemas.microsoft.com/xrm/2011/Contracts';

export const messageNames = { create: 'Create', update: 'Update', delete: 'Delete' } as const;
export type MessageName = (typeof messageNames)[keyof typeof messageNames];

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

/** The body that a webhook is called with (facts, section 7); its data parts are left out when they are too large. */
export function remoteExecutionContext(
  state: OrganizationState,
  { entry, call }: CommittedChange,
  correlationId: string,
): Readonly<Record<string, unknown>> {
  const { table, id, operation, after, before, actor, atMs } = entry;
  const reference = { __type: `EntityReference:${crmTypes}`, Id: id, LogicalName: table };
  const target = after ? entityJson(state, table, id, changedCells(before, after)) : reference;
  const image = after
    ? [{ key: 'AsynchronousStepPrimaryName', value: entityJson(state, table, id, after) }]
    : [];
  return {
    MessageName: messageNames[operation],
    PrimaryEntityName: table,
    PrimaryEntityId: id,
    Depth: 1,
    Stage: 40,
    Mode: 1,
    UserId: actor.id,
    InitiatingUserId: actor.actingUserId ?? actor.id,
    OrganizationId: state.identity.organizationId,
    OrganizationName: 'emulated',
    CorrelationId: correlationId,
    OperationCreatedOn: `/Date(${atMs}+0000)/`,
    InputParameters: [{ key: 'Target', value: target }],
    PreEntityImages: [],
    PostEntityImages: image,
    SharedVariables: call?.tag === undefined ? [] : [{ key: 'tag', value: call.tag }],
  };
}
