import {
  choice,
  column,
  flag,
  lookup,
  mandatory,
  readOnly,
  text,
  whole,
  type ColumnDefinition,
  type OptionDefinition,
} from '../core/columnDefinition.ts';
import { defineTable, type TableDefinition } from '../core/tableDefinition.ts';
import { authorColumns, keyColumn, stateColumns, yesNo } from './commonColumns.ts';
import { authTypes, contracts, deployments, imageTypes, modes, stages } from './pipelineOptions.ts';

const stepStates: readonly OptionDefinition[] = [
  { value: 0, label: 'Enabled', defaultStatus: 1 },
  { value: 1, label: 'Disabled', defaultStatus: 2 },
];
const stepStatuses: readonly OptionDefinition[] = [
  { value: 1, label: 'Enabled', state: 0 },
  { value: 2, label: 'Disabled', state: 1 },
];

/** A lookup whose relationship has a name of its own and takes its rows along. */
function child(schemaName: string, table: string, relationship: string): ColumnDefinition {
  const property = schemaName.toLowerCase();
  return lookup(schemaName, [table], {
    navigation: [{ property, table, relationship, onDelete: 'Cascade' }],
  });
}

/** What a table of the pipeline has in common with the others. */
function pipelineTable(
  schemaName: string,
  objectTypeCode: number,
  columns: readonly ColumnDefinition[],
  primaryName = 'name',
): TableDefinition {
  const name = schemaName.toLowerCase();
  return defineTable({
    name,
    schemaName,
    set: `${name}s`,
    key: `${name}id`,
    primaryName,
    objectTypeCode,
    changeTracking: false,
    ownership: 'OrganizationOwned',
    columns: [keyColumn(`${schemaName}Id`), ...authorColumns, ...columns],
  });
}

const messageTable: TableDefinition = {
  ...pipelineTable('SdkMessage', 4606, [readOnly(text('Name', 256)), readOnly(flag('IsPrivate', yesNo))]),
  isWritable: false,
};

const filterTable: TableDefinition = {
  ...pipelineTable(
    'SdkMessageFilter',
    4607,
    [
      readOnly(text('PrimaryObjectTypeCode', 128)),
      readOnly(flag('IsCustomProcessingStepAllowed', yesNo)),
      readOnly(child('SdkMessageId', 'sdkmessage', 'sdkmessageid_sdkmessagefilter')),
    ],
    'primaryobjecttypecode',
  ),
  isWritable: false,
};

const endpointTable: TableDefinition = {
  ...pipelineTable('ServiceEndpoint', 4618, [
    mandatory(text('Name', 256)),
    text('Description', 2000),
    mandatory(choice('Contract', contracts)),
    choice('AuthType', authTypes),
    // Written and never shown (Microsoft's table reference: IsValidForRead is false).
    column('AuthValue', 'String', { maxLength: 2048, isHidden: true }),
    readOnly(flag('IsAuthValueSet', yesNo)),
    text('Url', 2048),
    choice(
      'ConnectionMode',
      [
        { value: 1, label: 'Normal' },
        { value: 2, label: 'Federated' },
      ],
      1,
    ),
    text('NamespaceAddress', 160),
    text('SolutionNameSpace', 160),
    text('Path', 160),
  ]),
  compute: ({ authvalue }) => ({ isauthvalueset: (authvalue ?? null) !== null }),
};

const stepTable = pipelineTable('SdkMessageProcessingStep', 4608, [
  ...stateColumns(stepStates, stepStatuses),
  mandatory(text('Name', 256)),
  text('Description', 256),
  mandatory(choice('Mode', modes)),
  mandatory(choice('Stage', stages)),
  mandatory(whole('Rank', 0)),
  choice('SupportedDeployment', deployments, 0),
  flag('AsyncAutoDelete', yesNo, false),
  column('FilteringAttributes', 'Memo', { maxLength: 100_000 }),
  mandatory(child('SdkMessageId', 'sdkmessage', 'sdkmessageid_sdkmessageprocessingstep')),
  child('SdkMessageFilterId', 'sdkmessagefilter', 'sdkmessagefilterid_sdkmessageprocessingstep'),
  mandatory(
    column('EventHandler', 'Lookup', {
      navigation: [
        {
          property: 'eventhandler_serviceendpoint',
          table: 'serviceendpoint',
          relationship: 'serviceendpoint_sdkmessageprocessingstep',
        },
      ],
    }),
  ),
]);

const imageTable = pipelineTable('SdkMessageProcessingStepImage', 4615, [
  text('Name', 256),
  mandatory(text('EntityAlias', 256)),
  mandatory(choice('ImageType', imageTypes)),
  mandatory(text('MessagePropertyName', 256)),
  column('Attributes', 'Memo', { maxLength: 100_000 }),
  mandatory(
    child(
      'SdkMessageProcessingStepId',
      'sdkmessageprocessingstep',
      'sdkmessageprocessingstepid_sdkmessageprocessingstepimage',
    ),
  ),
]);

/** Messages, the tables they are for, and what is registered on them: the event pipeline as rows (facts, section 7). */
export const pipelineTables: readonly TableDefinition[] = [
  messageTable,
  filterTable,
  endpointTable,
  stepTable,
  imageTable,
];
