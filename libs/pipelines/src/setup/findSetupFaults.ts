import { isSyncError, type FieldDefinition } from '@lockstep/change-events';
import type { CallBudget, MarketoSetup, MarketoField } from '@lockstep/ports';
import { createPersonFields, customTypeFaults } from './createAbsent.ts';
import { fieldFaults, unreadableFields, wantedFields } from './fieldFaults.ts';
import { replacedFaults, type MarketoHome } from './replacedFaults.ts';
import type { Created, SchemaWishes } from './schemaWishes.ts';
import type { SetupFault } from './setupFault.ts';

export type SetupQuestions = {
  readonly setup: MarketoSetup;
  readonly budget: CallBudget;
  /** Fields of persons that are read; those of the default mapping unless they are named. */
  readonly fields?: readonly FieldDefinition[];
  /** A field that is followed in the feed beside those of the product. */
  readonly feedField?: string | undefined;
  /** Every field that persons have. */
  readonly onDescribed?: (fields: readonly MarketoField[]) => void;
  /** Without wishes nothing is made. */
  readonly wishes?: SchemaWishes;
  /** Without it any instance will do, as before the first start. */
  readonly home?: MarketoHome;
};

const noWishes: SchemaWishes = { customTypes: [], mayCreate: [] };

/** What a failed question means; `permission` is Marketo's name of what the role lacks. */
type Check = { readonly check: string; readonly permission: string; readonly isGrave: boolean };

const readPersons: Check = { check: 'read-persons', permission: 'Read-Only Person', isGrave: true };
const writePersons: Check = { check: 'write-persons', permission: 'Read-Write Person', isGrave: true };
const readActivities: Check = { check: 'read-activities', permission: 'Read-Only Activity', isGrave: true };
/** The reconciler sends persons only so far, so a service that may not touch companies works. */
const nativeSync: Check = { check: 'native-sync', permission: 'Read-Write Company', isGrave: false };
const readUsage: Check = { check: 'usage', permission: 'usage statistics', isGrave: false };

/** Marketo's times are whole seconds, and a day of calls begins at its midnight. */
const clockLeadMaxMs = 60_000;
/** From here on first loads and audits rest (decision 11). */
const callsShare = 0.8;

/**
 * Everything that is wrong with the setup, in one answer of five calls and one for each custom object type; what is absent
 * is made first, where that is allowed, and told to `onCreated`. Fields that cannot be read are left out
 * from then on. Throws MARKETO_* when Marketo cannot be asked now.
 */
export async function findSetupFaults(
  questions: SetupQuestions,
  onCreated: Created,
): Promise<readonly SetupFault[]> {
  const { setup, budget, feedField, onDescribed, wishes = noWishes, home } = questions;
  // Another instance is asked nothing, and nothing is made there.
  const replaced = home ? await replacedFaults(home) : [];
  if (replaced.length > 0) return replaced;
  const wanted = wantedFields(feedField, questions.fields);
  const creation = { setup, wishes, wanted, feedField, onCreated };
  let described: readonly MarketoField[] | null = null;
  const refusals: SetupFault[] = [];
  const faults = await faultOf(readPersons, async () => {
    const result = await createPersonFields(creation, await setup.describePersons());
    ({ described } = result);
    refusals.push(...result.faults);
    onDescribed?.(described);
  });
  // Without a token every other question has the same answer.
  if (faults.some(({ check }) => check === 'credentials')) return [...faults, ...clockFaults(setup)];
  faults.push(
    ...(await faultOf(writePersons, () => setup.probe('WRITE_PERSONS'))),
    ...(await faultOf(readActivities, () => setup.probe('READ_ACTIVITIES'))),
    ...(await faultOf(nativeSync, () => setup.probe('NATIVE_SYNC_OFF'))),
    ...(await faultOf(readUsage, () => budget.countOthers())),
    ...(described ? fieldFaults(described, wanted) : []),
    ...refusals,
    ...(await customTypeFaults(creation)),
    ...clockFaults(setup),
    ...callFaults(budget),
  );
  setup.leaveOut(unreadableFields(described ?? [], wanted));

  return faults;
}

async function faultOf(
  { check, permission, isGrave }: Check,
  question: () => Promise<void>,
): Promise<SetupFault[]> {
  try {
    await question();

    return [];
  } catch (error) {
    if (isSyncError(error, 'MARKETO_CREDENTIALS'))
      return [{ check: 'credentials', code: error.code, isGrave: true, found: 'refused' }];
    if (isSyncError(error, 'MARKETO_NATIVE_SYNC'))
      return [{ check, code: error.code, isGrave: true, found: 'on' }];
    if (isSyncError(error, 'MARKETO_FORBIDDEN'))
      return [{ check, code: error.code, isGrave, found: `without ${permission}` }];
    if (!isGrave && isSyncError(error, 'MARKETO_ANSWER_INVALID'))
      return [{ check, code: error.code, isGrave, found: 'no answer' }];
    throw error;
  }
}

function clockFaults(setup: MarketoSetup): SetupFault[] {
  const leadMs = setup.clockLeadMs() ?? 0;
  const found = `Marketo ${leadMs < 0 ? 'behind' : 'ahead'} by ${Math.round(Math.abs(leadMs) / 1000)} s`;

  return Math.abs(leadMs) <= clockLeadMaxMs
    ? []
    : [{ check: 'clock', code: 'CLOCK_SKEWED', isGrave: false, found }];
}

function callFaults(budget: CallBudget): SetupFault[] {
  const { used, budget: most } = budget.report();

  return used < most * callsShare
    ? []
    : [{ check: 'calls', code: 'CALLS_RUN_SHORT', isGrave: false, found: `${used} of ${most} used` }];
}
