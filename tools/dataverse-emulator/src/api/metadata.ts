import type { ColumnDefinition, ColumnType, OptionDefinition } from '../core/columnDefinition.ts';
import { badRequest, DataverseError, errorCodes } from '../core/dataverseError.ts';
import { userId, type OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { jsonAnswer, type Answer, type Call } from './call.ts';

type Json = Readonly<Record<string, unknown>>;

const typeNames: Readonly<Record<ColumnType, string>> = {
  String: 'String',
  Memo: 'Memo',
  Integer: 'Integer',
  BigInt: 'BigInt',
  Decimal: 'Decimal',
  Money: 'Money',
  Boolean: 'Boolean',
  Picklist: 'Picklist',
  State: 'State',
  Status: 'Status',
  DateTime: 'DateTime',
  DateOnly: 'DateTime',
  Uniqueidentifier: 'Uniqueidentifier',
  Lookup: 'Lookup',
};

function labelJson(text: string): Json {
  const label = { Label: text, LanguageCode: 1033, IsManaged: true, HasChanged: null };
  return { LocalizedLabels: [label], UserLocalizedLabel: label };
}

function typeName(definition: ColumnDefinition): string {
  if (definition.name === 'ownerid') return 'Owner';
  const isCustomer = definition.navigation?.map(({ table }) => table).join() === 'account,contact';
  return isCustomer ? 'Customer' : typeNames[definition.type];
}

function optionJson(option: OptionDefinition): Json {
  return {
    Value: option.value,
    Label: labelJson(option.label),
    ...(option.state === undefined ? {} : { State: option.state }),
    ...(option.defaultStatus === undefined
      ? {}
      : { DefaultStatus: option.defaultStatus, InvariantName: option.label }),
  };
}

function optionSetJson(table: TableDefinition, definition: ColumnDefinition): Json {
  const common = { MetadataId: userId(`set/${table.name}/${definition.name}`), IsGlobal: false };
  const { labels, options, name } = definition;
  if (labels)
    return {
      ...common,
      OptionSetType: 'Boolean',
      TrueOption: optionJson({ value: 1, label: labels.yes }),
      FalseOption: optionJson({ value: 0, label: labels.no }),
    };
  return {
    ...common,
    Name: `${table.name}_${name}`,
    OptionSetType: definition.type,
    Options: options?.map(optionJson),
  };
}

const typedParts: Readonly<Partial<Record<ColumnType, (definition: ColumnDefinition) => Json>>> = {
  String: ({ maxLength }) => ({ MaxLength: maxLength }),
  Memo: ({ maxLength }) => ({ MaxLength: maxLength }),
  Integer: ({ min, max }) => ({ MinValue: min, MaxValue: max }),
  Decimal: ({ precision }) => ({ Precision: precision }),
  Money: ({ min, max, precision }) => ({
    MinValue: min,
    MaxValue: max,
    Precision: precision,
    PrecisionSource: 2,
  }),
  Lookup: ({ navigation }) => ({ Targets: navigation?.map(({ table }) => table) }),
  DateTime: () => ({ DateTimeBehavior: { Value: 'UserLocal' } }),
  DateOnly: () => ({ DateTimeBehavior: { Value: 'DateOnly' } }),
};

function attributeJson(table: TableDefinition, definition: ColumnDefinition): Json {
  const type = typeName(definition);
  return {
    '@odata.type': `#Microsoft.Dynamics.CRM.${type === 'Owner' || type === 'Customer' ? 'Lookup' : type}AttributeMetadata`,
    MetadataId: userId(`column/${table.name}/${definition.name}`),
    LogicalName: definition.name,
    SchemaName: definition.schemaName,
    EntityLogicalName: table.name,
    AttributeType: type,
    AttributeTypeName: { Value: `${type}Type` },
    DisplayName: labelJson(definition.label),
    IsPrimaryId: definition.name === table.key,
    IsPrimaryName: definition.name === table.primaryName,
    IsCustomAttribute: definition.name.includes('_') && !definition.name.startsWith('address'),
    IsValidForCreate: definition.isValidForCreate,
    IsValidForRead: true,
    IsValidForUpdate: definition.isValidForUpdate,
    RequiredLevel: { Value: definition.name === table.key ? 'SystemRequired' : 'None' },
    SourceType: 0,
    ...typedParts[definition.type]?.(definition),
  };
}

function relationsJson(table: TableDefinition): readonly Json[] {
  return table.columns.flatMap((definition) =>
    (definition.navigation ?? []).map(({ property, table: target }) => ({
      SchemaName: `${table.name}_${property}_${target}`,
      ReferencingEntity: table.name,
      ReferencingAttribute: definition.name,
      ReferencingEntityNavigationPropertyName: property,
      ReferencedEntity: target,
    })),
  );
}

function selected(call: Call, item: Json): Json {
  const select = call.query['$select']?.split(',').map((name) => name.trim());
  if (!select) return item;
  const kept = Object.entries(item).filter(
    ([name]) => select.includes(name) || name === 'MetadataId' || name.startsWith('@'),
  );
  return Object.fromEntries(kept);
}

function entityJson(table: TableDefinition): Json {
  return {
    MetadataId: userId(`table/${table.name}`),
    LogicalName: table.name,
    SchemaName: table.schemaName,
    EntitySetName: table.set,
    LogicalCollectionName: table.set,
    PrimaryIdAttribute: table.key,
    PrimaryNameAttribute: table.primaryName,
    ObjectTypeCode: table.objectTypeCode,
    ChangeTrackingEnabled: table.changeTracking,
    IsOptimisticConcurrencyEnabled: true,
    IsCustomEntity: false,
    DisplayName: labelJson(table.schemaName),
  };
}

function expanded(call: Call, table: TableDefinition): Json {
  const expand = call.query['$expand'] ?? '';
  return {
    ...(/\bAttributes\b/.test(expand)
      ? { Attributes: table.columns.map((definition) => attributeJson(table, definition)) }
      : {}),
    ...(/\bManyToOneRelationships\b/.test(expand) ? { ManyToOneRelationships: relationsJson(table) } : {}),
    ...(/\bKeys\b/.test(expand) ? { Keys: [] } : {}),
  };
}

function listAnswer(call: Call, fragment: string, items: readonly Json[]): Answer {
  const context = `${call.base}/$metadata#${fragment}`;
  return jsonAnswer(200, JSON.stringify({ '@odata.context': context, value: items }));
}

function castAnswer(call: Call, table: TableDefinition, cast: string): Answer {
  const wanted = `#Microsoft.Dynamics.CRM.${cast}`;
  const withSets = /\b(Global)?OptionSet\b/.test(call.query['$expand'] ?? '');
  const items = table.columns
    .map((definition) => ({ definition, item: attributeJson(table, definition) }))
    .filter(({ item }) => item['@odata.type'] === wanted)
    .map(({ definition, item }) => ({
      ...selected(call, item),
      ...(withSets && (definition.options ?? definition.labels)
        ? { OptionSet: optionSetJson(table, definition), GlobalOptionSet: null }
        : {}),
    }));
  return listAnswer(
    call,
    `EntityDefinitions('${table.name}')/Attributes/Microsoft.Dynamics.CRM.${cast}`,
    items,
  );
}

function partAnswer(call: Call, table: TableDefinition, rest: string): Answer {
  const cast = /^\/Attributes\/Microsoft\.Dynamics\.CRM\.(\w+)$/.exec(rest)?.[1];
  if (cast) return castAnswer(call, table, cast);
  if (rest === '/Attributes')
    return listAnswer(
      call,
      'Attributes',
      table.columns.map((definition) => selected(call, attributeJson(table, definition))),
    );
  if (rest === '/ManyToOneRelationships')
    return listAnswer(call, 'ManyToOneRelationships', relationsJson(table));
  throw new DataverseError(404, errorCodes.unknownSegment, `Resource not found for the segment '${rest}'.`);
}

/** GET below `EntityDefinitions` (facts, section 2.1): tables, one table, its attributes, casts and relations. */
export function readMetadata(state: OrganizationState, call: Call): Answer {
  const match = /^EntityDefinitions(?:\((?:LogicalName='(\w+)'|([0-9a-f-]{36}))\))?(\/.*)?$/.exec(call.path);
  const filter = call.query['$filter'];
  if (!match || (filter !== undefined && filter !== 'ChangeTrackingEnabled eq true'))
    throw badRequest(errorCodes.invalidArgument, 'This metadata query is not supported by the emulator.');
  const tables = [...state.tables.values()];
  if (!match[1] && !match[2]) {
    const shown = tables.filter((table) => filter === undefined || table.changeTracking);
    const items = shown.map((table) => ({ ...selected(call, entityJson(table)), ...expanded(call, table) }));
    return listAnswer(call, 'EntityDefinitions', items);
  }
  const table = tables.find(({ name }) => name === match[1] || userId(`table/${name}`) === match[2]);
  if (!table) throw new DataverseError(404, '0x80041102', `Could not find an entity with name ${match[1]}.`);
  if (match[3]) return partAnswer(call, table, match[3]);
  const context = `${call.base}/$metadata#EntityDefinitions/$entity`;
  const item = { '@odata.context': context, ...selected(call, entityJson(table)), ...expanded(call, table) };
  return jsonAnswer(200, JSON.stringify(item));
}
