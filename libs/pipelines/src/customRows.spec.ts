import { topics, type FieldDefinition, type GoldenEvent } from '@lockstep/change-events';
import { customEntity } from '@lockstep/reconciliation';
import { createEntityFlow } from './entityFlow.ts';
import { eventsOf, exampleId } from './pipelineFixtures.ts';

const [visitId, tripId, contactId, accountId] = [exampleId(1), exampleId(2), exampleId(3), exampleId(4)];
const tables = ['account', 'new_trip', 'new_visit'];

const describedTable = (table: string, fields: readonly FieldDefinition[]) => ({
  ...{ table, entitySet: `${table}s`, primaryKey: `${table}id`, fields },
});
const name = { name: 'new_name', type: 'string' } as const;

/** Visits, which lead to a person by a path; trips are rows of their own. */
function createVisits(...path: readonly [string] | readonly [string, string]) {
  const shared = { key: 'key', link: 'leadId', to: 'person', fields: null } as const;
  const visit = { ...shared, table: 'new_visit', type: 'visit', path };
  const trip = { ...shared, table: 'new_trip', type: 'trip', path: ['new_contactid'] } as const;
  const customs = [
    customEntity(visit, describedTable('new_visit', [name]), tables),
    customEntity(trip, describedTable('new_trip', [name]), tables),
  ];
  return createEntityFlow(customs);
}

const naming = (column: string, table: string, id: string) => ({ [column]: { id, table } });

/** A visit two hops from a contact, and a trip one hop, both in Marketo with its person. */
async function createTravel() {
  const flow = createVisits('new_tripid', 'new_contactid');
  await flow.stores.syncState.markFirstReadsComplete();
  await flow.row('contact', contactId, { version: 1, lastname: 'Byron' });
  await flow.row('new_trip', tripId, { version: 2, ...naming('new_contactid', 'contact', contactId) });
  await flow.row('new_visit', visitId, { version: 3, ...naming('new_tripid', 'new_trip', tripId) });
  const persons = () => flow.marketo.persons().map(({ id }) => Number(id));
  const linksOf = (type: 'custom:trip' | 'custom:visit') =>
    flow.objects.records(type).map(({ leadId }) => leadId);
  return { ...flow, persons, links: () => [...linksOf('custom:trip'), ...linksOf('custom:visit')] };
}

describe('custom rows of a person that is another one in Marketo', () => {
  it('are linked to the person that was made anew, one or two hops away', async () => {
    const { gone, links, marketo, persons, row } = await createTravel();
    const [former = 0] = persons();
    expect(links()).toEqual([former, former]);

    marketo.remove(String(former));
    await gone(String(former), 50);
    await row('contact', contactId, { version: 4, lastname: 'Lovelace' });

    const [next] = persons();
    expect(next).not.toBe(former);
    expect(links()).toEqual([next, next]);
  });

  it('are linked to another person when the row between names that one', async () => {
    const { links, persons, row } = await createTravel();
    await row('contact', exampleId(9), { version: 4, lastname: 'King' });
    await row('new_trip', tripId, { version: 5, ...naming('new_contactid', 'contact', exampleId(9)) });

    expect(links()).toEqual([persons()[1], persons()[1]]);
  });

  it.each([
    ['another custom row', 'new_tripid', 'new_trip', 'new_contactid'],
    ['an account', 'new_accountid', 'account', 'primarycontactid'],
  ])('go at once when %s between names nobody any more, and come back with it', async (...between) => {
    const [, lookup, table, hop] = between;
    const { row, stores, objects, marketo } = createVisits(lookup, hop);
    const links = () => objects.records('custom:visit').map(({ leadId }) => leadId);
    await stores.syncState.markFirstReadsComplete();
    await row('contact', contactId, { version: 1, lastname: 'Byron' });
    await row(table, tripId, { version: 2, ...naming(hop, 'contact', contactId) });
    await row('new_visit', visitId, { version: 3, ...naming(lookup, table, tripId) });
    const [person] = marketo.persons().map(({ id }) => Number(id));
    expect(links()).toEqual([person]);

    await row(table, tripId, { version: 4, [hop]: null });
    expect(links()).toEqual([]);

    await row(table, tripId, { version: 5, ...naming(hop, 'contact', contactId) });
    expect(links()).toEqual([person]);
  });

  it('are linked to the person that the former one was merged into', async () => {
    const { gone, links, persons, shown } = await createTravel();
    const [former = 0] = persons();
    await shown('99', 40, { lastName: 'Byron' });

    await gone(String(former), 50, '99');

    expect(links()).toEqual([99, 99]);
  });

  it('follow that one when it is merged in turn', async () => {
    const { gone, links, persons, shown } = await createTravel();
    const [former = 0] = persons();
    await shown('98', 40, { lastName: 'King' });
    await shown('99', 41, { lastName: 'Byron' });
    await gone(String(former), 50, '98');
    expect(links()).toEqual([98, 98]);

    await gone('98', 51, '99');

    expect(links()).toEqual([99, 99]);
  });

  it('that come after that one was merged too are linked to whoever carries on, and wait where nobody does', async () => {
    const { gone, objects, persons, row, shown, wakeDue } = await createTravel();
    const [former = 0] = persons();
    await shown('98', 40, { lastName: 'King' });
    await shown('99', 41, { lastName: 'Byron' });
    await gone(String(former), 50, '98');
    await gone('98', 51, '99');
    const tripOf = (id: string) => objects.records('custom:trip').find(({ key }) => key === id)?.['leadId'];

    await row('new_trip', exampleId(8), { version: 5, ...naming('new_contactid', 'contact', contactId) });
    expect(tripOf(exampleId(8))).toBe(99);

    await gone('99', 52);
    await row('new_trip', exampleId(9), { version: 6, ...naming('new_contactid', 'contact', contactId) });
    await wakeDue(15_000);
    expect(tripOf(exampleId(9))).toBeUndefined();
  });
});

describe('custom rows and roles of a contact that its filter keeps out', () => {
  const opportunityId = exampleId(5);

  it('wait until it is let in, and have a filter of their own', async () => {
    const flow = createVisits('new_contactid');
    const { row, wakeDue, visits, roles, opportunities, marketo } = flow;
    await flow.stores.syncState.markFirstReadsComplete();
    const toContact = (column: string) => naming(column, 'contact', contactId);
    await row('contact', contactId, { version: 1, lastname: 'Byron', new_synctomkto: false });
    await row('opportunity', opportunityId, { version: 2, name: '40 engines', ...toContact('customerid') });
    await row('new_visit', visitId, { version: 3, new_name: 'A', ...toContact('new_contactid') });
    await wakeDue(15_000);
    expect([marketo.persons(), roles(), visits()]).toEqual([[], [], []]);
    expect(opportunities()).toMatchObject([{ name: '40 engines' }]);

    await row('contact', contactId, { version: 4, lastname: 'Byron', new_synctomkto: true });
    await wakeDue(3_600_000);
    const leadId = Number(marketo.persons()[0]?.id);
    expect([roles(), visits()]).toMatchObject([[{ leadId }], [{ leadId, new_name: 'A' }]]);

    await row('contact', contactId, { version: 5, lastname: 'Lovelace', new_synctomkto: false });
    await row('new_visit', visitId, { version: 6, new_name: 'B', ...toContact('new_contactid') });

    expect(visits()).toMatchObject([{ leadId, new_name: 'B' }]);
    expect(marketo.persons()).toMatchObject([{ fields: { lastName: 'Byron' } }]);
  });
});

describe('a custom row', () => {
  it('is a custom object of its person once that is in Marketo, is told of on its topic, and goes with its row', async () => {
    const { row, remove, wakeDue, visits, marketo, stores, log } = createVisits('new_contactid');
    await stores.syncState.markFirstReadsComplete();
    await row('new_visit', visitId, {
      version: 1,
      new_name: 'A',
      ...naming('new_contactid', 'contact', contactId),
    });
    expect(visits()).toEqual([]);

    await row('contact', contactId, { version: 2, lastname: 'Byron' });
    await wakeDue(15_000);

    const leadId = Number(marketo.persons()[0]?.id);
    expect(visits()).toEqual([{ key: visitId, leadId, new_name: 'A' }]);
    expect(eventsOf<GoldenEvent>(log, topics.goldenChanges('new_visit')).at(-1)?.rows).toMatchObject([
      { system: 'dynamics', table: 'new_visit', id: visitId },
      { system: 'marketo', table: 'custom:visit' },
    ]);
    await remove('new_visit', visitId, 5);
    expect(visits()).toEqual([]);
  });

  it.each([
    ['another custom row', 'new_tripid', 'new_trip', 'new_contactid'],
    ['an account', 'new_accountid', 'account', 'primarycontactid'],
  ])('finds its person by way of %s', async (_, column, table, hop) => {
    const { row, visits, marketo, stores } = createVisits(column, hop);
    await stores.syncState.markFirstReadsComplete();
    const between = table === 'account' ? accountId : tripId;
    await row('contact', contactId, { version: 1, lastname: 'Byron' });
    await row(table, between, { version: 2, name: 'Between', ...naming(hop, 'contact', contactId) });

    await row('new_visit', visitId, { version: 3, new_name: 'A', ...naming(column, table, between) });

    expect(visits()).toMatchObject([{ leadId: Number(marketo.persons()[0]?.id), new_name: 'A' }]);
  });
});
