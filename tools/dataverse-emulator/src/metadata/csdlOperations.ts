import type { OrganizationState } from '../core/organizationState.ts';
import { hasBulkMessages } from '../core/messageRows.ts';

/** A parameter of an action or function. The first one of a bound operation is what it is bound to. */
export interface CsdlParameter {
  readonly name: string;
  readonly type: string;
  readonly nullable?: boolean;
}

/** An action or function as `$metadata` declares it. */
export interface CsdlOperation {
  readonly kind: 'Action' | 'Function';
  readonly name: string;
  readonly isBound: boolean;
  readonly parameters: readonly CsdlParameter[];
  readonly returns?: string;
}

const requires = (name: string, type: string): CsdlParameter => ({ name, type, nullable: false });

type Parts = Omit<CsdlOperation, 'kind' | 'name' | 'isBound'>;

function action(name: string, { parameters, returns }: Parts): CsdlOperation {
  return { kind: 'Action', name, isBound: false, parameters, ...(returns !== undefined && { returns }) };
}

/** A function whose answer is a type of its own. */
function query(name: string, ...parameters: readonly CsdlParameter[]): CsdlOperation {
  return { kind: 'Function', name, isBound: false, parameters, returns: `mscrm.${name}Response` };
}

const functions: readonly CsdlOperation[] = [
  query('WhoAmI'),
  query('RetrieveVersion'),
  query('RetrieveTotalRecordCount', requires('EntityNames', 'Collection(Edm.String)')),
  query('RetrieveCurrentOrganization', requires('AccessType', 'mscrm.EndpointAccessType')),
  query(
    'RetrieveMetadataChanges',
    { name: 'Query', type: 'mscrm.EntityQueryExpression' },
    { name: 'DeletedMetadataFilters', type: 'mscrm.DeletedMetadataFilters' },
    { name: 'ClientVersionStamp', type: 'Edm.String' },
    { name: 'AppModuleId', type: 'Edm.Guid' },
    { name: 'RetrieveAllSettings', type: 'Edm.Boolean' },
  ),
  ...['systemuser', 'team'].map((table) => ({
    ...query('RetrievePrincipalAttributePrivileges', requires('entity', `mscrm.${table}`)),
    isBound: true,
  })),
  {
    ...query(
      'RetrieveUserSetOfPrivilegesByNames',
      requires('entity', 'mscrm.systemuser'),
      requires('PrivilegeNames', 'Collection(Edm.String)'),
    ),
    isBound: true,
  },
];

const closing = [requires('OpportunityClose', 'mscrm.opportunityclose'), requires('Status', 'Edm.Int32')];
const members = [requires('entity', 'mscrm.team'), requires('Members', 'Collection(mscrm.systemuser)')];

const qualifyLead: CsdlOperation = {
  ...action('QualifyLead', {
    parameters: [
      requires('entity', 'mscrm.lead'),
      requires('CreateAccount', 'Edm.Boolean'),
      requires('CreateContact', 'Edm.Boolean'),
      requires('CreateOpportunity', 'Edm.Boolean'),
      { name: 'OpportunityCurrencyId', type: 'mscrm.transactioncurrency' },
      { name: 'OpportunityCustomerId', type: 'mscrm.crmbaseentity' },
      { name: 'SourceCampaignId', type: 'mscrm.campaign' },
      requires('Status', 'Edm.Int32'),
    ],
    returns: 'Collection(mscrm.crmbaseentity)',
  }),
  isBound: true,
};

const actions: readonly CsdlOperation[] = [
  qualifyLead,
  action('Merge', {
    parameters: [
      requires('Target', 'mscrm.crmbaseentity'),
      requires('Subordinate', 'mscrm.crmbaseentity'),
      { name: 'UpdateContent', type: 'mscrm.crmbaseentity' },
      requires('PerformParentingChecks', 'Edm.Boolean'),
    ],
  }),
  action('WinOpportunity', { parameters: closing }),
  action('LoseOpportunity', { parameters: closing }),
  { ...action('AddMembersTeam', { parameters: members }), isBound: true },
  { ...action('RemoveMembersTeam', { parameters: members }), isBound: true },
  {
    ...action('AddMemberList', {
      parameters: [requires('entity', 'mscrm.list'), requires('EntityId', 'Edm.Guid')],
      returns: 'mscrm.AddMemberListResponse',
    }),
    isBound: true,
  },
  {
    ...action('AddItemCampaign', {
      parameters: [requires('entity', 'mscrm.list'), requires('Campaign', 'mscrm.campaign')],
      returns: 'mscrm.campaignitem',
    }),
    isBound: true,
  },
];

/** The bulk messages of one table, bound to its set. */
function bulkActions(table: string): readonly CsdlOperation[] {
  const type = `Collection(mscrm.${table})`;
  const parameters = [requires('entityset', type), requires('Targets', type)];
  return [
    { ...action('CreateMultiple', { parameters, returns: 'mscrm.CreateMultipleResponse' }), isBound: true },
    { ...action('UpdateMultiple', { parameters }), isBound: true },
    { ...action('UpsertMultiple', { parameters }), isBound: true },
  ];
}

/** What the emulator can be asked to do, for `$metadata`. Who adds an operation adds it here. */
export function csdlOperations(state: OrganizationState): readonly CsdlOperation[] {
  const tables = [...state.tables.values()].filter(hasBulkMessages);
  return [...functions, ...actions, ...tables.flatMap(({ name }) => bulkActions(name))];
}
