import type { ScalarValues } from '@lockstep/change-events';
import type { MarketoObjects } from '../marketoObjects.ts';
import type { CustomType } from '../marketoSetup.ts';
import type { MarketoPeople } from '../marketoPeople.ts';

/** What people do in Marketo while the port is used. */
export type MarketoHuman = {
  /** Answers the ids of the new persons. */
  seed(persons: readonly ScalarValues[]): Promise<readonly string[]>;
  edit(id: string, fields: ScalarValues): Promise<void>;
  remove(id: string): Promise<void>;
  merge(winnerId: string, loserIds: readonly string[]): Promise<void>;
  /** A new static list with these members; answers its id. */
  list(memberIds: readonly string[]): Promise<string>;
  /** To a partition that is made when it is not there. */
  move(id: string, partitionName: string): Promise<void>;
};

/** Of the custom objects that a harness prepares. */
export const visitType: CustomType = {
  apiName: 'visit',
  fields: [
    { name: 'key', type: 'string', isKey: true },
    { name: 'leadId', type: { object: 'lead', field: 'Id' }, isKey: false },
  ],
};

/** An empty Marketo with the default person fields. */
export type MarketoHarness = {
  readonly people: MarketoPeople;
  readonly objects: MarketoObjects;
  readonly human: MarketoHuman;
  /** From now on there are custom objects of `visitType`. */
  prepareVisits(): Promise<void>;
  close(): Promise<void>;
};

/** Answers the id of a new person. */
export async function seedOne(human: MarketoHuman, fields: ScalarValues): Promise<string> {
  const [id] = await human.seed([fields]);
  if (id === undefined) throw new Error('nobody was seeded');

  return id;
}

export async function personOf(people: MarketoPeople, id: string): Promise<ScalarValues | undefined> {
  return (await people.findPersons('id', [id]))[0]?.fields;
}
