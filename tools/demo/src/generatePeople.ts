import { Faker, base, de, en, es, fr, ja, pl } from '@faker-js/faker';
import type { PersonTable } from './demoFields.ts';
import type { People, Person, Value, Values } from './people.ts';

/** How many people to make, from which seed; `nowMs` bounds their creation dates. */
export type GenerateOptions = { readonly size: number; readonly seed: number };

const leadShare = 0.6;
const knownToMarketoShare = 0.1;
const keptAwayShare = 0.01;
const marketoOnlyShare = 0.02;
/** Creation dates lie in the two years before this day, so that a seed always gives the same people. */
const referenceDate = new Date('2026-11-01T00:00:00Z');

type Draw = { readonly faker: Faker; readonly index: number };

/** Believable people, the same for the same seed: 60 % leads, every tenth already in Marketo, one in a hundred kept away. */
export function generatePeople({ size, seed }: GenerateOptions): People {
  const fakers = [[en], [en], [de, en], [fr, en], [es, en], [pl, en], [ja, en]].map((locales, index) => {
    const faker = new Faker({ locale: [...locales, base], seed: seed + index });
    faker.setDefaultRefDate(referenceDate);
    return faker;
  });
  const draw = (index: number): Draw => ({ faker: fakers[index % fakers.length] as Faker, index });
  const persons = Array.from({ length: size }, (_, index) => personOf(draw(index), size));
  const onlyCount = Math.ceil(size * marketoOnlyShare);
  const marketoOnly = Array.from({ length: onlyCount }, (_, index) => marketoOnlyOf(draw(size + index)));
  return { persons, marketoOnly };
}

/** Evenly spread, so that small sets have every kind too. */
function isEvery(index: number, share: number, offset: number): boolean {
  return Math.floor((index + offset) * share) !== Math.floor((index + offset + 1) * share);
}

function personOf(draw: Draw, size: number): Person {
  const { faker, index } = draw;
  const table: PersonTable = isEvery(index, leadShare, 0) ? 'lead' : 'contact';
  const shared = sharedColumns(draw);
  const row: Record<string, Value> = table === 'lead' ? { ...shared, ...leadColumns(faker) } : { ...shared };
  row['new_synctomkto'] = isEvery(index, Math.max(keptAwayShare, 1 / size), 3)
    ? false
    : optional(faker, true, 0.5);
  const isKnown = row['new_synctomkto'] !== false && isEvery(index, knownToMarketoShare, 5);
  return { table, id: faker.string.uuid(), row, inMarketo: isKnown ? marketoTwin(draw, table, row) : null };
}

function optional<T extends Value>(faker: Faker, value: T, probability: number): T | null {
  return faker.datatype.boolean({ probability }) ? value : null;
}

/** Letters and digits of the name where it has any, and the index, so that no two people share an address. */
function emailOf({ faker, index }: Draw, firstName: string, lastName: string): string {
  const plain = `${firstName}.${lastName}`.normalize('NFD').toLowerCase();
  const local = plain.replace(/[^a-z.]/g, '').replace(/^\.+|\.+$/g, '');
  const provider = faker.helpers.arrayElement(['example.com', 'example.org', 'example.net']);
  return `${local === '' ? 'person' : local}.${index}@${provider}`;
}

function sharedColumns(draw: Draw): Values {
  const { faker } = draw;
  const firstName = faker.person.firstName().slice(0, 50);
  const lastName = faker.person.lastName().slice(0, 50);
  const isAway = (probability: number): boolean => faker.datatype.boolean({ probability });
  return {
    createdon: wholeSecond(faker.date.past({ years: 2 })),
    salutation: optional(faker, faker.helpers.arrayElement(['Mr', 'Ms', 'Dr', 'Prof']), 0.4),
    firstname: optional(faker, firstName, 0.97),
    middlename: optional(faker, faker.string.alpha({ length: 1, casing: 'upper' }), 0.1),
    lastname: lastName,
    emailaddress1: emailOf(draw, firstName, lastName),
    jobtitle: optional(faker, faker.person.jobTitle().slice(0, 100), 0.85),
    telephone1: optional(faker, phoneNumber(faker), 0.8),
    mobilephone: optional(faker, phoneNumber(faker), 0.4),
    telephone2: optional(faker, phoneNumber(faker), 0.1),
    ...addressColumns(faker),
    description: optional(faker, faker.company.catchPhrase(), 0.2),
    preferredcontactmethodcode: faker.number.int({ min: 1, max: 5 }),
    donotbulkemail: isAway(0.05),
    donotphone: isAway(0.04),
    donotemail: isAway(0.02),
    donotfax: isAway(0.02),
    donotsendmm: isAway(0.03),
  };
}

function addressColumns(faker: Faker): Values {
  return {
    address1_line1: optional(faker, faker.location.streetAddress(), 0.7),
    address1_line2: optional(faker, faker.location.secondaryAddress(), 0.15),
    address1_city: optional(faker, faker.location.city().slice(0, 80), 0.9),
    address1_stateorprovince: optional(faker, faker.location.state().slice(0, 50), 0.5),
    address1_country: optional(faker, faker.location.country().slice(0, 80), 0.9),
    address1_postalcode: optional(faker, faker.location.zipCode().slice(0, 20), 0.7),
  };
}

function leadColumns(faker: Faker): Values {
  return {
    companyname: optional(faker, faker.company.name().slice(0, 100), 0.9),
    subject: `${faker.commerce.department()}: ${faker.commerce.productName()}`.slice(0, 255),
    fax: optional(faker, phoneNumber(faker), 0.1),
    leadsourcecode: optional(faker, faker.number.int({ min: 1, max: 10 }), 0.8),
    leadqualitycode: faker.number.int({ min: 1, max: 3 }),
    revenue: optional(faker, faker.number.int({ min: 100, max: 90_000_000 }) / 4, 0.5),
  };
}

function phoneNumber(faker: Faker): string {
  return faker.helpers.fromRegExp('+[1-9][0-9] [2-9][0-9]{2} [0-9]{6}');
}

/** Dates are times in Marketo without fractions of a second. */
function wholeSecond(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}

/** The same person as marketing met them: same address, some values of their own, scores that only Marketo has. */
function marketoTwin({ faker }: Draw, table: PersonTable, row: Values): Values {
  return {
    email: row['emailaddress1'] ?? null,
    firstName: row['firstname'] ?? null,
    lastName: row['lastname'] ?? null,
    title: optional(faker, faker.person.jobTitle().slice(0, 100), 0.5),
    phone: faker.datatype.boolean() ? (row['telephone1'] ?? null) : phoneNumber(faker),
    city: optional(faker, faker.location.city().slice(0, 80), 0.3),
    unsubscribed: faker.datatype.boolean({ probability: 0.1 }),
    priority: faker.number.int({ min: 1, max: 10 }),
    urgency: faker.number.int({ min: 1, max: 3 }),
    lastInterestingMomentDate: wholeSecond(faker.date.recent({ days: 90 })),
    lastInterestingMomentType: 'Web',
    lastInterestingMomentDescription: `Visited ${faker.commerce.department()}`,
    ...(table === 'lead' ? { leadSource: 'Web' } : { leadScore: faker.number.int({ min: 0, max: 100 }) }),
  };
}

function marketoOnlyOf(draw: Draw): Values {
  const { faker } = draw;
  const firstName = faker.person.firstName();
  const lastName = faker.person.lastName();
  return {
    email: emailOf(draw, firstName, lastName),
    firstName,
    lastName,
    title: optional(faker, faker.person.jobTitle(), 0.7),
    leadSource: 'Web',
  };
}
