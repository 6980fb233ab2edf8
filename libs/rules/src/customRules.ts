import { Type, type Static } from '@sinclair/typebox';
import { builtInOfTable, entityOfTable, type CustomEntityRule } from '@lockstep/reconciliation';
import type { Finding } from './ruleFault.ts';

const tableName = '[a-z][a-z0-9_]{0,99}';
const marketoName = (description: string) =>
  Type.Optional(Type.String({ description, pattern: '^[A-Za-z]\\w{0,49}$' }));
const lookups = (description: string) =>
  Type.Optional(Type.String({ description, pattern: `^${tableName}(\\.${tableName})?$` }));

const customEntity = Type.Object(
  {
    type: marketoName('API name of the custom object type in Marketo; the table’s name unless it is said.'),
    key: marketoName('Its only key field, which holds the id of the row; `crmId` unless it is said.'),
    person: lookups(
      'Lookup column that names a lead or contact; or two, from row to row, with a dot between.',
    ),
    company: lookups('The same, to an account.'),
    link: marketoName('Its link field; `leadId` or `externalCompanyId` unless it is said.'),
    fields: Type.Optional(
      Type.Record(
        Type.String({ pattern: `^${tableName}$` }),
        Type.String({ pattern: '^[A-Za-z]\\w{0,49}$' }),
        {
          additionalProperties: false,
          description: 'Fields in Marketo by column; without it every column with a publisher’s prefix.',
        },
      ),
    ),
  },
  { additionalProperties: false },
);

/** The key `customEntities` of the file: tables of the operator's own that go to Marketo (F-56). */
export const customEntities = Type.Optional(
  Type.Record(Type.String({ pattern: `^${tableName}$` }), customEntity, {
    additionalProperties: false,
    description: 'Custom tables whose rows go to Marketo as custom objects, by logical name.',
  }),
);

type Entries = readonly (readonly [string, Static<typeof customEntity>])[];
type File = { readonly customEntities?: Static<typeof customEntities> };

const entriesOf = (file: File): Entries => Object.entries(file.customEntities ?? {});

/** What is wrong with custom entities beyond their shape. */
export function customFindings(file: File): readonly Finding[] {
  return entriesOf(file).flatMap(([table, rule]) => [
    ...tableFindings(table, rule),
    ...takenFindings(table, rule),
  ]);
}

function tableFindings(table: string, { person, company }: Entries[number][1]): readonly Finding[] {
  const path = ['customEntities', table];
  if (entityOfTable(table) === undefined || builtInOfTable(table) !== undefined)
    return [{ code: 'FIELD_FIXED', path, isKey: true, sentence: `${table} goes to Marketo in its own way.` }];
  if ((person === undefined) !== (company === undefined)) return [];

  return [{ code: 'FIELD_INCOMPLETE', path, sentence: `${table} needs one of person and company.` }];
}

/** A field of Marketo that two columns would write, or that is the key or the link. */
function takenFindings(table: string, entry: Entries[number][1]): readonly Finding[] {
  const { key, link } = ruleOf(table, entry);
  const taken = new Map([
    [key, 'the key'],
    [link, 'the link'],
  ]);

  return Object.entries(entry.fields ?? {}).flatMap(([column, name]) => {
    const owner = taken.get(name);
    taken.set(name, owner ?? column);
    const path = ['customEntities', table, 'fields', column];

    return owner
      ? [{ code: 'FIELD_TAKEN' as const, path, sentence: `${name} already belongs to ${owner}.` }]
      : [];
  });
}

/** The custom entities of a file, by table. */
export const customRulesOf = (file: File): readonly CustomEntityRule[] =>
  entriesOf(file)
    .map(([table, entry]) => ruleOf(table, entry))
    .toSorted((left, right) => (left.table < right.table ? -1 : 1));

function ruleOf(table: string, entry: Entries[number][1]): CustomEntityRule {
  const { type = table, key = 'crmId', fields = null } = entry;
  const { to, path, link } = ownerOf(entry);

  return { table, type, key, link: entry.link ?? link, to, path, fields };
}

function ownerOf({
  person,
  company = '',
}: Entries[number][1]): Pick<CustomEntityRule, 'to' | 'path' | 'link'> {
  return person === undefined
    ? { to: 'company', path: pathOf(company), link: 'externalCompanyId' }
    : { to: 'person', path: pathOf(person), link: 'leadId' };
}

function pathOf(text: string): CustomEntityRule['path'] {
  const [first = '', second] = text.split('.');

  return second === undefined ? [first] : [first, second];
}
