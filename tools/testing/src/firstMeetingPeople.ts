import type { LockstepOptions } from './startLockstep.ts';

/**
 * How many people each side has, how many of them both have, how many rows share an address with two persons, and how many
 * share that of a row that nobody in Marketo has.
 */
export type MeetingSize = {
  readonly people: number;
  readonly common: number;
  readonly sameEmail: number;
  readonly sameRows?: number;
};

const emailOf = (number: number): string => `person-${number}@example.org`;
/** Spread over fields and over both tables, by number: blanks on either side, and values that differ. */
const blankOrDiffering = 7;

/** Both sides before they meet: half of the rows are contacts without an account. */
export function makeMeeting({
  people,
  common,
  sameEmail,
  sameRows = 0,
}: MeetingSize): NonNullable<LockstepOptions['seed']> {
  const rows = Array.from({ length: people }, (_, number) => rowOf(number));
  const doubles = Array.from({ length: sameRows }, (_, at) => ({
    ...rowOf(people + 2 * at),
    emailaddress1: emailOf(people - 1 - at),
  }));
  const twins = Array.from({ length: sameEmail }, (_, at) => personOf(common + at, common + at));
  const strangers = people - common - 2 * sameEmail;
  const known = Array.from({ length: common + sameEmail }, (_, number) => personOf(number, number));
  const others = Array.from({ length: strangers }, (_, at) => personOf(people + at, people + at));

  return {
    leads: [...rows.filter((_, number) => number % 2 === 0), ...doubles],
    contacts: rows.filter((_, number) => number % 2 === 1),
    persons: [...known, ...twins, ...others],
  };
}

function rowOf(number: number) {
  return {
    ...{ emailaddress1: emailOf(number), firstname: `First ${number}`, lastname: `Last ${number}` },
    ...(number % 2 === 0 && { subject: `Topic ${number}` }),
    address1_city: number % blankOrDiffering === 0 ? null : 'Springfield',
    jobtitle: number % blankOrDiffering === 1 ? 'Weaver' : 'Engineer',
  };
}

function personOf(number: number, address: number) {
  return {
    ...{ email: emailOf(address), firstName: `First ${number}`, lastName: `Last ${number}` },
    city: number % blankOrDiffering === 2 ? null : 'Springfield',
    title: number % blankOrDiffering === 3 ? null : 'Engineer',
  };
}
