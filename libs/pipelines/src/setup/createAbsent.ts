import { isSyncError, type FieldDefinition } from '@lockstep/change-events';
import type { CustomType, MarketoField, MarketoSetup } from '@lockstep/ports';
import type { Created, SchemaWishes } from './schemaWishes.ts';
import type { SetupFault } from './setupFault.ts';
import { checkOf, lackingFields, typeFaults } from './typeFaults.ts';

export type CreateOptions = {
  readonly setup: MarketoSetup;
  readonly wishes: SchemaWishes;
  /** Every field that is read or followed. */
  readonly wanted: readonly FieldDefinition[];
  /** A custom field too, by which marketers ask for something. */
  readonly feedField: string | undefined;
  readonly onCreated: Created;
};

/** Custom fields that the product brings along; the others are Marketo's own (docs/operations.md). */
const isOurs = (name: string): boolean => name === 'lockstepId' || /^crm[A-Z]/.test(name);

/**
 * Makes the fields of persons that are missing, where that is allowed. Answers the fields as they are described then, and
 * why it was refused.
 */
export async function createPersonFields(
  { setup, wishes, wanted, feedField, onCreated }: CreateOptions,
  described: readonly MarketoField[],
): Promise<{ readonly described: readonly MarketoField[]; readonly faults: readonly SetupFault[] }> {
  const known = new Set(described.map(({ name }) => name));
  const isWanted = (name: string): boolean => isOurs(name) || name === feedField;
  const missing = wanted.filter(({ name }) => isWanted(name) && !known.has(name));
  if (missing.length === 0 || !wishes.mayCreate.includes('person-fields')) return { described, faults: [] };
  const faults = await refusalOf('create-fields', 'Read-Write Schema Custom Field', async () => {
    await setup.createPersonFields(missing);
    onCreated(missing.map(({ name }) => `person/${name}`));
  });

  return { described: faults.length === 0 ? await setup.describePersons() : described, faults };
}

/** What is wrong with the custom object types that are wanted, once what is absent was made where that is allowed. */
export async function customTypeFaults(options: CreateOptions): Promise<readonly SetupFault[]> {
  const faults: SetupFault[] = [];
  for (const type of options.wishes.customTypes)
    faults.push(...(await readFault(type, () => faultsOfType(options, type))));

  return faults;
}

async function faultsOfType(options: CreateOptions, type: CustomType): Promise<readonly SetupFault[]> {
  const { setup, wishes, onCreated } = options;
  const described = await setup.describeType(type.apiName);
  const lacking = lackingFields(type, described);
  if (lacking.length === 0 || !wishes.mayCreate.includes('custom-types')) return typeFaults(type, described);
  const check = checkOf(type);
  let isOfOthers = false;
  const refusals = await refusalOf(check, 'Read-Write Custom Object Type', async () => {
    isOfOthers = (await setup.prepareType(type)) === 'DRAFT_OF_OTHERS';
    if (!isOfOthers) onCreated(lacking.map(({ name }) => `${check}/${name}`));
  });
  if (refusals.length > 0) return refusals;
  if (isOfOthers)
    return [{ check, code: 'MARKETO_REFUSED', isGrave: false, found: 'a draft with other changes is open' }];

  return typeFaults(type, await setup.describeType(type.apiName));
}

async function readFault(
  type: CustomType,
  question: () => Promise<readonly SetupFault[]>,
): Promise<readonly SetupFault[]> {
  try {
    return await question();
  } catch (error) {
    if (!isSyncError(error, 'MARKETO_FORBIDDEN')) throw error;

    return [
      { check: checkOf(type), code: error.code, isGrave: false, found: 'without Read-Only Custom Object' },
    ];
  }
}

/** A refusal is told and does not stop anybody; what may have happened is seen by the next look. */
async function refusalOf(
  check: string,
  permission: string,
  create: () => Promise<void>,
): Promise<readonly SetupFault[]> {
  try {
    await create();

    return [];
  } catch (error) {
    if (isSyncError(error, 'MARKETO_FORBIDDEN'))
      return [{ check, code: error.code, isGrave: false, found: `without ${permission}` }];
    if (!isSyncError(error, 'MARKETO_REFUSED', 'MARKETO_FIELD_UNKNOWN', 'MARKETO_ANSWER_INVALID'))
      throw error;

    return [
      {
        check,
        code: error.code,
        isGrave: false,
        found: `refused with ${String(error.details['marketoCode'])}`,
      },
    ];
  }
}
