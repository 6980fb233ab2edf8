import { nameOf, type Cast } from './cast.ts';
import type { Controls } from './controls.ts';
import type { PersonTable } from './demoFields.ts';
import { expectEdit, type Expected } from './expectations.ts';
import type { MarketoLinks } from './marketoLinks.ts';
import type { Person, Value } from './people.ts';

/** Two edits of one field that did not know of each other. */
export type Dispute = {
  readonly person: Person;
  /** What is in dispute, in words. */
  readonly what: string;
  readonly dynamicsValue: string;
  readonly marketoValue: string;
  readonly winner: 'dynamics' | 'marketo';
};

/** One thing a person does on one side, and what must follow on the other. */
export type Step = {
  readonly title: string;
  readonly does: string;
  readonly expects: string;
  readonly act: () => Promise<void>;
  readonly isSeen: () => Promise<boolean>;
  /** What the verdict must find afterwards. */
  readonly expected: (before: ReadonlyMap<string, Expected>) => readonly Expected[];
  readonly dispute?: Dispute;
};

export type Stage = { readonly controls: Controls; readonly links: MarketoLinks; readonly cast: Cast };

/** The live scenario, in the order in which it is played. */
export function createScenario(stage: Stage): readonly Step[] {
  const { cast } = stage;
  return [
    editInDynamics(stage, cast.editedInDynamics),
    editInMarketo(stage, cast.editedInMarketo),
    editBoth(stage, {
      person: cast.disputedLead,
      what: 'job title',
      dynamicsValue: 'Head of Field Sales',
      marketoValue: 'Head of Webinars',
      winner: 'marketo',
    }),
    editBoth(stage, {
      person: cast.disputedContact,
      what: 'job title',
      dynamicsValue: 'Head of Key Accounts',
      marketoValue: 'Head of Newsletters',
      winner: 'dynamics',
    }),
    deleteInDynamics(stage, cast.deleted),
    optOutInMarketo(stage, cast.optedOut),
    createInDynamics(stage, cast.created),
    editKeptAway(stage, cast.keptAway),
  ];
}

function marketoIdOf({ links }: Stage, person: Person): number {
  const id = links.personOf(person.id);
  if (id === undefined) throw new Error(`${person.table} ${person.id} has no person in Marketo`);
  return id;
}

async function holds(
  { controls, links }: Stage,
  { table, id }: Person,
  want: { readonly row?: readonly [string, Value]; readonly person?: readonly [string, Value] },
): Promise<boolean> {
  const row = want.row === undefined || (await controls.peekRow(table, id))[want.row[0]] === want.row[1];
  if (!row || want.person === undefined) return row;
  const marketoId = links.personOf(id);
  if (marketoId === undefined) return false;
  return (await controls.peekPerson(marketoId))[want.person[0]] === want.person[1];
}

function edited(person: Person, column: string, value: Value): Step['expected'] {
  return (before) => {
    const known = before.get(person.id);
    return known === undefined ? [] : [expectEdit(known, column, value)];
  };
}

function editInDynamics(stage: Stage, person: Person): Step {
  const value = 'Director of Partnerships';
  return {
    title: 'edit in Dynamics',
    does: `a salesperson changes the job title of ${nameOf(person)} in Dynamics`,
    expects: 'Marketo shows the new title',
    act: () => stage.controls.editRow(person.table, person.id, { jobtitle: value }),
    isSeen: () => holds(stage, person, { person: ['title', value] }),
    expected: edited(person, 'jobtitle', value),
  };
}

function editInMarketo(stage: Stage, person: Person): Step {
  const value = '+44 20 7946 0018';
  return {
    title: 'edit in Marketo',
    does: `a marketer changes the phone number of ${nameOf(person)} in Marketo`,
    expects: 'Dynamics shows the new number',
    act: () => stage.controls.editPerson(marketoIdOf(stage, person), { phone: value }),
    isSeen: () => holds(stage, person, { row: ['telephone1', value] }),
    expected: edited(person, 'telephone1', value),
  };
}

function editBoth(stage: Stage, dispute: Dispute): Step {
  const { person, what, dynamicsValue, marketoValue, winner } = dispute;
  const value = winner === 'marketo' ? marketoValue : dynamicsValue;
  const rule: Readonly<Record<PersonTable, string>> = {
    lead: 'Marketo wins for a lead: both sides end with the marketer’s value',
    contact: 'Dynamics wins for a contact: both sides end with the salesperson’s value',
  };
  return {
    title: `both sides edit one ${person.table}`,
    does: `at the same moment both sides change the ${what} of ${nameOf(person)}`,
    expects: rule[person.table],
    act: async () => {
      const marketoId = marketoIdOf(stage, person);
      await Promise.all([
        stage.controls.editRow(person.table, person.id, { jobtitle: dynamicsValue }),
        stage.controls.editPerson(marketoId, { title: marketoValue }),
      ]);
    },
    isSeen: () => holds(stage, person, { row: ['jobtitle', value], person: ['title', value] }),
    expected: edited(person, 'jobtitle', value),
    dispute,
  };
}

function deleteInDynamics(stage: Stage, person: Person): Step {
  return {
    title: 'delete in Dynamics',
    does: `a salesperson deletes ${nameOf(person)} in Dynamics`,
    expects: 'Marketo keeps the person and marks it as deleted in the CRM',
    act: () => stage.controls.deleteRow(person.table, person.id),
    isSeen: () => holds(stage, person, { person: ['crmIsDeleted', true] }),
    expected: (before) => {
      const known = before.get(person.id);
      return known === undefined ? [] : [{ ...known, fate: 'deleted' }];
    },
  };
}

function optOutInMarketo(stage: Stage, person: Person): Step {
  return {
    title: 'opt-out in Marketo',
    does: `${nameOf(person)} unsubscribes from a newsletter`,
    expects: 'Dynamics no longer allows bulk email to the person',
    act: () => stage.controls.editPerson(marketoIdOf(stage, person), { unsubscribed: true }),
    isSeen: () => holds(stage, person, { row: ['donotbulkemail', true] }),
    expected: edited(person, 'donotbulkemail', true),
  };
}

function createInDynamics(stage: Stage, person: Person): Step {
  return {
    title: 'new lead in Dynamics',
    does: `a salesperson enters ${nameOf(person)} in Dynamics`,
    expects: 'Marketo has a person for it',
    act: () => stage.controls.createRow(person),
    isSeen: async () => {
      await stage.links.refresh();
      return stage.links.personOf(person.id) !== undefined;
    },
    expected: () => [],
  };
}

/** Seen at once: that nothing follows is judged at the end, when there was time enough for it. */
function editKeptAway(stage: Stage, person: Person): Step {
  const value = 'Private Matters';
  return {
    title: 'edit of a filtered row',
    does: `a salesperson edits ${nameOf(person)}, whose sync filter says No`,
    expects: 'nothing arrives in Marketo, now or later',
    act: () => stage.controls.editRow(person.table, person.id, { jobtitle: value }),
    isSeen: () => holds(stage, person, { row: ['jobtitle', value] }),
    expected: edited(person, 'jobtitle', value),
  };
}
