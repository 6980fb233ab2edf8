import type { PersonTable } from './demoFields.ts';
import { isSynced, type People, type Person } from './people.ts';

/** Who plays which part in the scenario. */
export type Cast = {
  readonly editedInDynamics: Person;
  readonly editedInMarketo: Person;
  readonly disputedLead: Person;
  readonly disputedContact: Person;
  readonly deleted: Person;
  readonly optedOut: Person;
  readonly keptAway: Person;
  readonly created: Person;
};

/** Fewer people than this do not fill every part. */
export const sizeMin = 30;

/** Picks people without a history in Marketo; `extra` is the one who does not exist yet. Throws when there are too few. */
export function chooseCast({ persons }: People, extra: Person): Cast {
  const fresh = persons.filter((person) => isSynced(person) && person.inMarketo === null);
  const pick = (table: PersonTable, index: number): Person =>
    required(
      fresh.filter((person) => person.table === table && person.row['donotbulkemail'] === false)[index],
    );
  return {
    editedInDynamics: pick('lead', 0),
    editedInMarketo: pick('contact', 0),
    disputedLead: pick('lead', 1),
    disputedContact: pick('contact', 1),
    deleted: pick('contact', 2),
    optedOut: pick('lead', 2),
    keptAway: required(persons.find((person) => !isSynced(person))),
    created: extra,
  };
}

function required(person: Person | undefined): Person {
  if (person === undefined) throw new Error(`the scenario needs at least ${sizeMin} people`);
  return person;
}

/** Such as `Ada Lovelace (lead)`. */
export function nameOf({ row, table }: Person): string {
  const names = [row['firstname'], row['lastname']].filter((part) => typeof part === 'string');
  return `${names.join(' ')} (${table})`;
}
