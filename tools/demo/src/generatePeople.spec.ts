import { generatePeople } from './generatePeople.ts';
import { isSynced } from './people.ts';

const people = generatePeople({ size: 2_000, seed: 1 });
const rows = people.persons.map(({ row }) => row);

describe('generatePeople', () => {
  it('makes the same people from the same seed, and others from another', () => {
    expect(generatePeople({ size: 2_000, seed: 1 })).toEqual(people);
    expect(generatePeople({ size: 50, seed: 2 }).persons[0]).not.toEqual(people.persons[0]);
  });

  it('makes six leads to four contacts', () => {
    expect(people.persons.filter(({ table }) => table === 'lead')).toHaveLength(1_200);
  });

  it('gives nobody an id or an email address of somebody else', () => {
    const emails = [
      ...rows.map((row) => row['emailaddress1']),
      ...people.marketoOnly.map(({ email }) => email),
    ];
    expect(new Set(emails).size).toBe(2_040);
    expect(new Set(people.persons.map(({ id }) => id)).size).toBe(2_000);
  });

  it('keeps one in a hundred away, so that 1,980 pairs can be linked', () => {
    expect(people.persons.filter(isSynced)).toHaveLength(1_980);
  });

  it('lets Marketo know a tenth of them already, under the same address', () => {
    const known = people.persons.filter(({ inMarketo }) => inMarketo !== null);
    expect(known.length).toBeGreaterThan(180);
    expect(known.every(({ row, inMarketo }) => inMarketo?.['email'] === row['emailaddress1'])).toBe(true);
    expect(
      known.some(({ row, inMarketo }) => inMarketo?.['title'] && inMarketo['title'] !== row['jobtitle']),
    ).toBe(true);
  });

  it('varies as real data does: empty fields, names in other scripts, opt-outs, amounts', () => {
    expect(rows.some((row) => row['jobtitle'] === null)).toBe(true);
    expect(rows.some((row) => /[^\x20-\x7e]/.test(String(row['lastname'])))).toBe(true);
    expect(rows.filter((row) => row['donotbulkemail'] === true).length).toBeGreaterThan(20);
    expect(rows.some((row) => typeof row['revenue'] === 'number')).toBe(true);
  });

  it('stays within what the columns of Dynamics hold', () => {
    expect(rows.every((row) => String(row['firstname']).length <= 50)).toBe(true);
    expect(rows.every((row) => String(row['mobilephone']).length <= 20)).toBe(true);
  });

  it('has a row to keep away even among few', () => {
    expect(generatePeople({ size: 30, seed: 9 }).persons.some((person) => !isSynced(person))).toBe(true);
  });
});
