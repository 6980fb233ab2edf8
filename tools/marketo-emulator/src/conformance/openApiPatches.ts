/** A definition of the document, as far as patches touch it. */
export interface Definition {
  required?: string[];
  properties?: Record<string, Record<string, unknown>>;
}

export type Definitions = Record<string, Definition>;

interface Patch {
  readonly reason: string;
  readonly apply: (definitions: Definitions) => void;
}

function optional(definition: Definition | undefined, names: readonly string[]): void {
  if (definition?.required) definition.required = definition.required.filter((name) => !names.includes(name));
}

function nullable(definition: Definition | undefined, name: string): void {
  const property = definition?.properties?.[name];
  if (property) property['type'] = [property['type'], 'null'].flat();
}

/** Where the published document is stricter than Marketo's recorded answers (marketo-rest 7.1). */
export const openApiPatches: readonly Patch[] = [
  {
    reason: 'an envelope holds either a result or errors, and warnings seldom',
    apply(definitions) {
      for (const [name, definition] of Object.entries(definitions))
        if (/^Response(Of|With)/.test(name)) optional(definition, ['errors', 'warnings', 'result']);
    },
  },
  {
    reason: 'the value of an attribute is a text or a number, no object',
    apply: ({ Attribute }) => delete Attribute?.properties?.['value']?.['type'],
  },
  {
    reason: 'a value can be empty before and after a change',
    apply({ LeadChangeField }) {
      nullable(LeadChangeField, 'newValue');
      nullable(LeadChangeField, 'oldValue');
    },
  },
  {
    reason: 'the description of a field can be empty',
    apply: ({ LeadField }) => nullable(LeadField, 'description'),
  },
  {
    reason: 'describe answers name the type with `name`, and say less of standard objects',
    apply: ({ ObjectMetaData }) =>
      optional(ObjectMetaData, [
        ...['pluralName', 'status', 'version', 'apiName', 'description', 'relationships'],
      ]),
  },
  {
    reason: 'skipped entries have no id',
    apply: ({ CompanyResponse, CustomObject, NamedAccount, FormResponse }) =>
      [CompanyResponse, CustomObject, NamedAccount, FormResponse].forEach((one) =>
        optional(one, ['id', 'marketoGUID']),
      ),
  },
  {
    reason: 'a file that waits has no counts yet',
    apply: ({ ImportLeadResponse }) => optional(ImportLeadResponse, ['numOfLeadsProcessed']),
  },
  {
    reason: 'records are sent without the `seq` that their answers have',
    apply: ({ CompanyResponse, CustomObject, NamedAccount }) =>
      [CompanyResponse, CustomObject, NamedAccount].forEach((one) => optional(one, ['seq'])),
  },
  {
    reason: 'the value of an activity is the name of a person, who may have none (marketo-rest 3.3)',
    apply: ({ Activity }) => nullable(Activity, 'primaryAttributeValue'),
  },
  {
    reason: 'types of activities need no primary attribute (inferred)',
    apply: ({ ActivityType }) => optional(ActivityType, ['primaryAttribute']),
  },
  {
    reason: 'usage and errors are counted by day',
    apply({ UsageData, ErrorsData }) {
      for (const data of [UsageData, ErrorsData])
        if (data?.properties?.['date']) data.properties['date']['format'] = 'date';
    },
  },
];
