import { DemoError } from './demoError.ts';
import { sizeMin } from './cast.ts';
import { generatePeople } from './generatePeople.ts';
import type { People, Person } from './people.ts';
import { readPeopleFile } from './readPeopleFile.ts';

/** Who is there from the start, and who comes later. */
export type DemoPeople = {
  /** Everyone, those of the person's own file included. */
  readonly people: People;
  /** Those that we made up; the scenario is played with them. */
  readonly generated: People;
  /** The lead that is entered during the scenario. */
  readonly newcomer: Person;
};

export type PlanOptions = { readonly size: number; readonly seed: number; readonly peopleFile?: string };

/** Makes people, and adds those of a file; bad rows are listed and left out. Throws DemoError for a file that cannot be used. */
export async function planPeople(
  { size, seed, peopleFile }: PlanOptions,
  print: (line: string) => void,
): Promise<DemoPeople> {
  if (size < sizeMin) throw new DemoError('DEMO_SIZE', `the scenario needs at least ${sizeMin} people`);
  const [generated, newcomer] = makePeople(size, seed);
  if (peopleFile === undefined) return { people: generated, generated, newcomer };
  const taken = [...generated.persons, newcomer].map(({ row }) => row['emailaddress1']);
  const file = await readPeopleFile(peopleFile, [
    ...taken,
    ...generated.marketoOnly.map(({ email }) => email),
  ]);
  for (const { line, reason } of file.badRows) print(`PEOPLE_FILE_ROW line ${line}: ${reason}`);
  print(`${peopleFile}: ${file.persons.length} people loaded, ${file.badRows.length} rows left out`);
  const persons = [...generated.persons, ...file.persons];
  return { people: { ...generated, persons }, generated, newcomer };
}

/** The last of one more than asked for is the newcomer, so that nobody else has its address. */
function makePeople(size: number, seed: number): [People, Person] {
  const people = generatePeople({ size, seed });
  const spare = generatePeople({ size: 1, seed: seed + 1_000 }).persons[0];
  if (spare === undefined) throw new Error('nobody was made');
  const { row } = spare;
  const emailaddress1 = `newcomer.${size}@example.com`;
  const newRow = { ...row, emailaddress1, new_synctomkto: null };
  return [people, { ...spare, table: 'lead', row: newRow, inMarketo: null }];
}
