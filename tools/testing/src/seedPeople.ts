import type { Values } from './controlApi.ts';

/** People for the tests of this folder: the id of a row is a function of its number. */
export function makeRows(
  table: 'lead' | 'contact',
  count: number,
): readonly (Values & { readonly id: string })[] {
  return Array.from({ length: count }, (_, number) => {
    const id = `${table === 'lead' ? '1' : '2'}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const person = { firstname: `First ${number}`, lastname: `Last ${number}`, address1_city: 'Springfield' };
    const topic = table === 'lead' ? { subject: `Topic ${number}` } : {};
    return { id, [`${table}id`]: id, ...person, ...topic, emailaddress1: emailOf(table, number) };
  });
}

/** The seed without the id that is not a column. */
export function toSeed(rows: readonly Values[]): readonly Values[] {
  return rows.map(({ id: _, ...columns }) => columns);
}

/** Persons that Marketo knows already: the first rows of a table, by email. */
export function makePersons(table: 'lead' | 'contact', count: number): readonly Values[] {
  return Array.from({ length: count }, (_, number) => ({
    email: emailOf(table, number),
    firstName: `First ${number}`,
    lastName: `Last ${number}`,
  }));
}

const emailOf = (table: string, number: number): string => `${table}-${number}@example.org`;
