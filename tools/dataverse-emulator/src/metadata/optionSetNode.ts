import type { ColumnDefinition, OptionDefinition } from '../core/columnDefinition.ts';
import { userId } from '../core/actor.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { labelJson, type Json, type MetadataNode } from './metadataNode.ts';

/** An option; status reasons name their state, states their default status (facts, section 2.1). */
export function optionJson(option: OptionDefinition): Json {
  const common = {
    Value: option.value,
    Label: labelJson(option.label),
    Description: labelJson(undefined),
    Color: null,
    IsManaged: true,
    ExternalValue: null,
    MetadataId: null,
    HasChanged: null,
  };
  if (option.state !== undefined) return { ...common, State: option.state, TransitionData: null };
  if (option.defaultStatus === undefined) return common;
  return { ...common, DefaultStatus: option.defaultStatus, InvariantName: option.label };
}

/** The options of a yes-or-no column. */
function booleanSet(common: Json, labels: { readonly no: string; readonly yes: string }): MetadataNode {
  const json = {
    ...common,
    OptionSetType: 'Boolean',
    TrueOption: optionJson({ value: 1, label: labels.yes }),
    FalseOption: optionJson({ value: 0, label: labels.no }),
  };
  return { type: 'BooleanOptionSetMetadata', json, derived: new Set(), links: {} };
}

/** The option set of a column; a global one has its own name and id. */
export function optionSetNode(table: TableDefinition, column: ColumnDefinition): MetadataNode | null {
  const { labels, options, globalOptionSet } = column;
  const name = globalOptionSet ?? `${table.name}_${column.name}`;
  const common = {
    MetadataId: userId(`set/${name}`),
    HasChanged: null,
    Name: name,
    DisplayName: labelJson(column.label),
    Description: labelJson(undefined),
    IsGlobal: globalOptionSet !== undefined,
    IsCustomOptionSet: globalOptionSet !== undefined || column.isCustom === true,
    IsManaged: false,
  };
  if (labels) return booleanSet(common, labels);
  if (!options) return null;
  const type = column.type === 'State' || column.type === 'Status' ? column.type : 'Picklist';
  const json = { ...common, OptionSetType: type, Options: options.map(optionJson) };
  return { type: 'OptionSetMetadata', json, derived: new Set(), links: {} };
}
