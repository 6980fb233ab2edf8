import { SyncError, type FieldDefinition } from '@lockstep/change-events';
import type { DynamicsCatalog, ExcludedColumn, TableDescription, TableSelection } from '@lockstep/ports';
import { readableColumns } from './columnSecurity.ts';
import { canTravel, castsOf, describeField } from './describeField.ts';
import type { DynamicsContext } from './dynamicsContext.ts';
import {
  readAttributes,
  readEntity,
  readTypedAttributes,
  type AttributeMetadata,
  type EntityMetadata,
} from './entityMetadata.ts';
import { readMetadataVersion } from './metadataVersion.ts';

/** Describes tables from `EntityDefinitions` (dataverse facts 2). */
export function createCatalog(context: DynamicsContext): DynamicsCatalog {
  return {
    async describe(selection, signal) {
      const { table } = selection;
      const entity = await readEntity(context, table, signal);
      if (!entity.isTracked) throw new SyncError('DYNAMICS_TRACKING_OFF', { table });
      // Before the columns: a change in between then shows as a newer version, and the table is described again.
      const metadataVersion = await readMetadataVersion(context, { table, ...entity, signal });
      const attributes = await readAttributes(context, table, signal);
      const chosen = choose(selection, entity, attributes);
      const description = await describeChosen(context, { table, entity, chosen, signal });
      const hasModified = attributes.filter(({ name }) => stamps.includes(name)).length === stamps.length;
      const definition = { ...description.definition, ...(!hasModified && { hasModified }) };

      return { ...description, definition, metadataVersion };
    },
  };
}

const stamps: readonly string[] = ['modifiedon', 'modifiedby'];

type Choice = {
  readonly columns: readonly AttributeMetadata[];
  readonly excluded: readonly ExcludedColumn[];
};

function choose(
  { columns }: TableSelection,
  { primaryKey }: EntityMetadata,
  attributes: readonly AttributeMetadata[],
): Choice {
  if (columns === null) return chooseAll(primaryKey, attributes);
  const byName = new Map(attributes.map((attribute) => [attribute.name, attribute]));
  const wanted = [...new Set(columns)].map((column) => ({ column, attribute: byName.get(column) }));

  return {
    columns: wanted.flatMap(({ attribute }) =>
      attribute && canTravel(attribute) && attribute.isReadable ? [attribute] : [],
    ),
    excluded: wanted.flatMap(({ column, attribute }): readonly ExcludedColumn[] => {
      const reason = exclusionOf(attribute);

      return reason === null ? [] : [{ column, reason }];
    }),
  };
}

function exclusionOf(attribute: AttributeMetadata | undefined): ExcludedColumn['reason'] | null {
  if (!attribute) return 'MISSING';
  if (!canTravel(attribute)) return 'UNSUPPORTED';

  return attribute.isReadable ? null : 'UNREADABLE';
}

/**
 * Every column that can travel, in the order of names, but for the key and what an event tells in its head. Names of tables
 * beside lookups and parts of other columns are in metadata but not in the data (dataverse facts 2.2), so they are left out.
 */
function chooseAll(primaryKey: string, attributes: readonly AttributeMetadata[]): Choice {
  const inHead = new Set([primaryKey, 'versionnumber', ...stamps]);
  const own = attributes.filter(
    ({ name, type, isPart, isReadable }) =>
      isReadable && !isPart && !inHead.has(name) && !['EntityName', 'Virtual'].includes(type),
  );
  const sorted = own.toSorted((left, right) => (left.name < right.name ? -1 : 1));

  return {
    columns: sorted.filter(canTravel),
    excluded: sorted
      .filter((attribute) => !canTravel(attribute))
      .map(({ name }) => ({ column: name, reason: 'UNSUPPORTED' })),
  };
}

type Chosen = {
  readonly table: string;
  readonly entity: EntityMetadata;
  readonly chosen: Choice;
  readonly signal: AbortSignal;
};

async function describeChosen(
  context: DynamicsContext,
  { table, entity, chosen, signal }: Chosen,
): Promise<Omit<TableDescription, 'metadataVersion'>> {
  const secured = chosen.columns.filter(({ isSecured }) => isSecured);
  const granted = await readableColumns(context, { table, secured, signal });
  const isHidden = ({ isSecured, metadataId }: AttributeMetadata) => isSecured && !granted.has(metadataId);
  const shown = chosen.columns.filter((attribute) => !isHidden(attribute));
  const hidden = chosen.columns.filter(isHidden);
  const { entitySet, primaryKey } = entity;

  return {
    definition: {
      table,
      entitySet,
      primaryKey,
      fields: await describeFields(context, { table, columns: shown, signal }),
    },
    excluded: [
      ...chosen.excluded,
      ...hidden.map(({ name }) => ({ column: name, reason: 'UNREADABLE' as const })),
    ],
    secured: shown.filter(({ isSecured }) => isSecured).map(({ name }) => name),
  };
}

async function describeFields(
  context: DynamicsContext,
  read: {
    readonly table: string;
    readonly columns: readonly AttributeMetadata[];
    readonly signal: AbortSignal;
  },
): Promise<readonly FieldDefinition[]> {
  const { table, columns, signal } = read;
  const typed = await Promise.all(
    [...castsOf(columns)].map(
      async ([type, query]) =>
        [type, await readTypedAttributes(context, { table, type, query, signal })] as const,
    ),
  );

  return columns.map((attribute) => describeField(attribute, new Map(typed)));
}
