import { faker } from '@faker-js/faker';
import type { CellValue, ColumnDefinition } from './columnDefinition.ts';
import type { TableDefinition } from './tableDefinition.ts';

/** A number from 0 to 1, 1 excluded. */
export type Random = () => number;

/** Makes the value of one column of one row, in the form in which rows are stored. */
type Maker = (random: Random) => CellValue;

const poolSize = 1_000;
const dayMs = 86_400_000;
const oldestDays = 1_500;

/** The sequence of a seed, always the same: mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    const first = Math.imul(state ^ (state >>> 15), 1 | state);
    const second = (first + Math.imul(first ^ (first >>> 7), 61 | first)) ^ first;
    return ((second ^ (second >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An id in the form of a random UUID. */
export function randomId(random: Random): string {
  const word = (): string => ((random() * 4_294_967_296) >>> 0).toString(16).padStart(8, '0');
  const [first, second, third, fourth] = [word(), word(), word(), word()];
  return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-a${third.slice(1, 4)}-${third.slice(4)}${fourth}`;
}

function oneOf(pool: readonly CellValue[]): Maker {
  return (random) => pool[Math.floor(random() * pool.length)] ?? null;
}

/** Makes a pool once: making every value would take longer than storing it. */
function pooled(make: () => string): Maker {
  return oneOf(Array.from({ length: poolSize }, make));
}

function upTo(max: number): Maker {
  return (random) => Math.floor(random() * max);
}

function isoTime(nowMs: number, random: Random): string {
  return `${new Date(nowMs - random() * oldestDays * dayMs).toISOString().slice(0, 19)}Z`;
}

function mailbox(random: Random): string {
  return `person.${Math.floor(random() * 1e9).toString(36)}@example${Math.floor(random() * 500)}.com`;
}

/** By column name, in every table that has it. Some five in six columns of a lead's default mapping are filled. */
function namedMakers(nowMs: number): Readonly<Record<string, Maker>> {
  const line = pooled(() => faker.location.streetAddress());
  const phone = pooled(() => faker.phone.number());
  return {
    salutation: oneOf(['Mr.', 'Ms.', 'Dr.']),
    firstname: pooled(() => faker.person.firstName()),
    lastname: pooled(() => faker.person.lastName()),
    emailaddress1: mailbox,
    jobtitle: pooled(() => faker.person.jobTitle()),
    telephone1: phone,
    mobilephone: pooled(() => faker.phone.number().slice(0, 20)),
    websiteurl: pooled(() => faker.internet.url()),
    address1_line1: line,
    address1_city: pooled(() => faker.location.city()),
    address1_stateorprovince: pooled(() => faker.location.state()),
    address1_country: pooled(() => faker.location.country()),
    address1_postalcode: pooled(() => faker.location.zipCode()),
    description: pooled(() => faker.lorem.sentence(12)),
    companyname: pooled(() => faker.company.name().slice(0, 100)),
    name: pooled(() => faker.company.name().slice(0, 100)),
    subject: pooled(() => faker.commerce.productName()),
    revenue: (random) => `${Math.floor(random() * 1e7)}.5000`,
    mkt_leadscore: upTo(200),
    mkt_relativescore: upTo(100),
    mkt_urgency: upTo(4),
    mkt_priority: upTo(4),
    mkt_lastinterestingmomentdate: (random) => isoTime(nowMs, random),
    mkt_lastinterestingmomentdesc: pooled(() => faker.lorem.sentence(6)),
    mkt_lastinterestingmomenttype: oneOf(['Web', 'Email', 'Milestone']),
    createdon: (random) => isoTime(nowMs, random),
  };
}

/** Flags and options of these names get a value, others keep their default. */
const chosen = new Set([
  'leadsourcecode',
  'leadqualitycode',
  'industrycode',
  'preferredcontactmethodcode',
  'donotphone',
  'donotemail',
  'new_synctomkto',
]);

function chosenMaker({ name, options, labels }: ColumnDefinition): Maker | undefined {
  if (!chosen.has(name)) return undefined;
  if (labels) return (random) => random() < 0.2;
  return options && oneOf(options.map(({ value }) => value));
}

/** Fills the cells of the next row. */
export type NextRow = (cells: Record<string, CellValue>) => void;

/** Makes believable rows of a table, always the same for the same seed and time. */
export function believableRows(table: TableDefinition, seed: number, nowMs: number): NextRow {
  faker.seed(seed);
  const named = namedMakers(nowMs);
  // Two tables with one seed get other rows, and above all other ids.
  const random = seededRandom(seed + 65_537 * table.objectTypeCode);
  const makers = table.columns.flatMap((column) => {
    const maker = named[column.name] ?? chosenMaker(column);
    return maker ? [[column.property, maker] as const] : [];
  });
  return (cells) => {
    cells[table.key] = randomId(random);
    for (const [property, maker] of makers) cells[property] = maker(random);
  };
}
