import type { FieldValues } from '../fieldValue.ts';
import type { Instance, Person } from '../instance.ts';
import type { Origin } from '../origin.ts';
import { updatePerson } from '../persons.ts';
import { editCompanyOf, personsOfCompany } from './companyValues.ts';
import type { ObjectRecord } from './objectTable.ts';

/** Shows the fields of a company on its persons: an edit becomes Change Data Value rows on each (facts section 4). */
export function spreadCompany(instance: Instance, company: ObjectRecord, origin: Origin): void {
  for (const id of personsOfCompany(instance, company)) {
    const person = instance.persons.get(id);
    // Whatever is written, the values of the company take the place of the person's own.
    if (person !== undefined) updatePerson(instance, person, {}, origin);
  }
}

/** An edit by a marketer: company fields of a linked person change the company, hence every person of it. */
export function editAsMarketer(
  instance: Instance,
  person: Person,
  values: FieldValues,
  origin: Origin,
): boolean {
  const company = editCompanyOf(instance, person, values, origin);
  const isChanged = updatePerson(instance, person, values, origin);
  if (company !== undefined) spreadCompany(instance, company, origin);
  return isChanged;
}
