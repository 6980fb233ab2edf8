import type { FlowStepService } from './flowSteps/flowStepDefinition.ts';

type AttributeRow = readonly [name: string, dataType: string];

interface TypeRow {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly primary?: AttributeRow;
  readonly attributes: readonly AttributeRow[];
}

const changeAttributes: readonly AttributeRow[] = [
  ['New Value', 'string'],
  ['Old Value', 'string'],
  ['Reason', 'string'],
  ['Source', 'string'],
];

const types: readonly TypeRow[] = [
  {
    id: 2,
    name: 'Fill Out Form',
    description: 'A person filled out a form',
    primary: ['Webform ID', 'integer'],
    attributes: [],
  },
  {
    id: 12,
    name: 'New Lead',
    description: 'A person entered the database',
    attributes: [
      ['Created Date', 'date'],
      ['Source Type', 'string'],
    ],
  },
  {
    id: 13,
    name: 'Change Data Value',
    description: 'A field of a person changed',
    primary: ['Attribute Name', 'string'],
    attributes: changeAttributes,
  },
  {
    id: 22,
    name: 'Change Score',
    description: 'A score of a person changed',
    primary: ['Score Name', 'string'],
    attributes: [['Change Value', 'integer'], ...changeAttributes],
  },
  {
    id: 23,
    name: 'Change Owner',
    description: 'A person got another owner',
    primary: ['Owner', 'string'],
    attributes: changeAttributes,
  },
  {
    id: 24,
    name: 'Add to List',
    description: 'A person came to a static list',
    primary: ['List ID', 'integer'],
    attributes: [['Campaign', 'string']],
  },
  {
    id: 25,
    name: 'Remove from List',
    description: 'A person left a static list',
    primary: ['List ID', 'integer'],
    attributes: [
      ['Campaign', 'string'],
      ['Channel', 'string'],
    ],
  },
  {
    id: 32,
    name: 'Merge Leads',
    description: 'Persons became one',
    primary: ['Lead ID', 'integer'],
    attributes: [
      ['Master Updated', 'boolean'],
      ['Merge IDs', 'string'],
      ['Merge Source', 'string'],
      ['Merged in Sales', 'boolean'],
    ],
  },
  { id: 37, name: 'Delete Lead', description: 'A person left the database', attributes: [] },
  {
    id: 100,
    name: 'Change Lead Partition',
    description: 'A person went to another partition',
    primary: ['New Partition ID', 'integer'],
    attributes: [
      ['Old Partition ID', 'integer'],
      ['Reason', 'string'],
    ],
  },
  {
    id: 145,
    name: 'Push Lead to Marketo',
    description: 'A person was pushed for a program',
    primary: ['Program ID', 'integer'],
    attributes: [
      ['Reason', 'string'],
      ['Source', 'string'],
    ],
  },
];

/** Rows of activities/types.json for the types that are logged here, those of installed flow steps among them. */
export function describeActivityTypes(steps: readonly FlowStepService[]): object[] {
  return [...types, ...steps.map(typeOfStep)].map(({ id, name, description, primary, attributes }) => ({
    id,
    name,
    description,
    ...(primary === undefined ? {} : { primaryAttribute: describe(primary) }),
    attributes: attributes.map(describe),
  }));
}

function typeOfStep({ activityTypeId, apiName, inputNames, resultNames }: FlowStepService): TypeRow {
  const texts = [...inputNames, 'reason', 'errorCode', ...resultNames];
  return {
    id: activityTypeId,
    name: apiName,
    description: 'A self-service flow step was run',
    attributes: [['success', 'boolean'], ...texts.map((name) => [name, 'string'] as const)],
  };
}

function describe([name, dataType]: AttributeRow): object {
  return { name, dataType };
}
