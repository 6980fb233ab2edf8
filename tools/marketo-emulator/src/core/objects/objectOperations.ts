import { apiError } from '../apiError.ts';
import type { Instance } from '../instance.ts';
import type { Operation, OperationInput } from '../operation.ts';
import type { Subject } from '../permissions.ts';
import { inputOf } from '../parameters.ts';
import { browseFields, describeObject, fieldByName } from './describeObject.ts';
import type { ObjectTable } from './objectTable.ts';
import { queryObjects } from './queryObjects.ts';
import { deleteObjects, syncObjects } from './syncObjects.ts';

const crmEnabled = { code: '1018', message: 'CRM Enabled' };

/** Where each standard type lives. */
const places: readonly { readonly name: string; readonly path: string; readonly subject: Subject }[] = [
  { name: 'company', path: 'companies', subject: 'Company' },
  { name: 'opportunity', path: 'opportunities', subject: 'Opportunity' },
  { name: 'opportunityRole', path: 'opportunities/roles', subject: 'Opportunity' },
  { name: 'salesPerson', path: 'salespersons', subject: 'Sales Person' },
  { name: 'namedAccount', path: 'namedaccounts', subject: 'Named Account' },
];

const typesWithSchema = ['company', 'opportunity', 'namedAccount'];

/** The endpoints of companies, opportunities, roles, salespersons and named accounts. */
export const objectOperations: readonly Operation[] = places.flatMap(({ name, path, subject }) => [
  ...operationsAt(`/rest/v1/${path}`, subject, (instance) => tableOf(instance, name)),
  ...(typesWithSchema.includes(name) ? schemaOperationsAt(`/rest/v1/${path}`, name) : []),
]);

/** Describe, query, sync and delete below a path; groups in it choose the table. The permissions are those of the subject. */
export function operationsAt(
  path: string,
  subject: Subject,
  tableIn: (instance: Instance, input: OperationInput) => ObjectTable,
): Operation[] {
  const at = (rest: string): RegExp => new RegExp(`^${path}${rest}\\.json$`);
  const writing =
    (carryOut: typeof syncObjects): Operation['run'] =>
    (instance, input) => {
      const table = tableIn(instance, input);
      const refused = refuseUnderCrm(instance, table, input.body);
      return { result: refused ?? carryOut(instance, table, input.body, input.origin) };
    };
  const permission = `Read-Only ${subject}` as const;
  const needed = `Read-Write ${subject}` as const;
  return [
    { method: 'GET', path: at('/describe'), body: 'none', permission, run: reading(tableIn, describe) },
    { method: 'GET', path: at(''), body: 'optional', permission, run: reading(tableIn, queryObjects) },
    { method: 'POST', path: at(''), body: 'required', permission: needed, run: writing(syncObjects) },
    {
      method: 'POST',
      path: at('/delete'),
      body: 'required',
      permission: needed,
      run: writing(deleteObjects),
    },
  ];
}

function schemaOperationsAt(path: string, name: string): Operation[] {
  const tableIn = (instance: Instance): ObjectTable => tableOf(instance, name);
  return [
    {
      method: 'GET',
      path: new RegExp(`^${path}/schema/fields\\.json$`),
      body: 'none',
      permission: 'Read-Write Schema Custom Field',
      run: reading(tableIn, (_instance, { type }, { parameters }) => browseFields(type, parameters)),
    },
    {
      method: 'GET',
      path: new RegExp(`^${path}/schema/fields/([^/]+)\\.json$`),
      body: 'none',
      permission: 'Read-Write Schema Custom Field',
      run: reading(tableIn, (_instance, { type }, { pathParts }) => fieldByName(type, pathParts[0] ?? '')),
    },
  ];
}

function describe(_instance: Instance, { type }: ObjectTable): object {
  return { result: [describeObject(type)] };
}

function reading(
  tableIn: (instance: Instance, input: OperationInput) => ObjectTable,
  read: (instance: Instance, table: ObjectTable, input: OperationInput) => object,
): Operation['run'] {
  return (instance, input) => {
    const table = tableIn(instance, input);
    if (instance.settings.nativeCrm && table.type.underCrm === 'closed')
      throw apiError('1018', 'CRM Enabled');
    return read(instance, table, input);
  };
}

// At which level 1018 comes is not known (facts section 10), so a setting decides.
function refuseUnderCrm({ settings }: Instance, table: ObjectTable, body: unknown): object[] | undefined {
  if (!settings.nativeCrm || table.type.underCrm === 'open') return undefined;
  if (!settings.nativeCrmSkipsRecords) throw apiError(crmEnabled.code, crmEnabled.message);
  return inputOf(body).map((_record, seq) => ({ seq, status: 'skipped', reasons: [crmEnabled] }));
}

function tableOf(instance: Instance, name: string): ObjectTable {
  const table = instance.objects.tables.get(name);
  if (table === undefined) throw apiError('610');
  return table;
}
