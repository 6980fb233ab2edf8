import type { FieldValues } from '@lockstep/change-events';
import { createEntityFlow } from './entityFlow.ts';
import { exampleId } from './pipelineFixtures.ts';

const hourMs = 3_600_000;
const ids = { systemuser: exampleId(1), account: exampleId(2), contact: exampleId(3) };
const [opportunityId, connectionId, otherUser] = [exampleId(4), exampleId(5), exampleId(6)];
const to = (table: string, id: string) => ({ id, table });

/** Numbers that a seed decides. */
function createChoice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Row = readonly [table: string, id: string, fields: FieldValues];

/** What a row may look like, by chance. */
function rowsOf(choose: (below: number) => number): readonly Row[] {
  const text = () => `text ${choose(5)}`;
  const ownerid = to('systemuser', choose(2) === 0 ? ids.systemuser : otherUser);
  return [
    ['systemuser', ids.systemuser, { lastname: text() }],
    ['systemuser', otherUser, { lastname: text() }],
    ['account', ids.account, { name: text(), ownerid, sic: choose(2) === 0 ? null : text() }],
    ['contact', ids.contact, { lastname: text(), parentcustomerid: to('account', ids.account), ownerid }],
    ['opportunity', opportunityId, { name: text(), customerid: to('account', ids.account), ownerid }],
    [
      'connection',
      connectionId,
      {
        record1id: to('opportunity', opportunityId),
        record2id: to('contact', ids.contact),
        record2roleid: null,
      },
    ],
  ];
}

/** Edits of all rows in any order, repeats of old ones, and owners that die before or after they publish. */
async function play(seed: number) {
  const choose = createChoice(seed);
  const flow = createEntityFlow();
  await flow.stores.syncState.markFirstReadsComplete();
  const last = new Map<string, Row>();
  const former: Row[] = [];
  const versions: number[] = [];
  const show = async ([table, id, fields]: Row, version: number) => {
    const points = ['commit', 'committed', null, null, null] as const;
    flow.faults.at = points[choose(points.length)] ?? null;
    await flow.row(table, id, { version, ...fields }).catch(() => undefined);
    flow.faults.at = null;
    await flow.restart();
  };
  // Each row once, in another order each time, then a few again: many relations come before their parents, and stay so.
  const count = 6 + choose(8);
  for (let version = 1; version <= count; version += 1) {
    const rows = rowsOf(choose);
    const row =
      version <= rows.length
        ? rows[(version * (seed % 2 === 0 ? 1 : 5) + seed) % rows.length]
        : rows[choose(rows.length)];
    if (!row) continue;
    await show(row, version);
    last.set(row[1], row);
    former.push(row);
    versions.push(version);
    const old = choose(former.length * 2);
    if (former[old]) await show(former[old], versions[old] ?? 0);
  }
  for (let hour = 0; hour < 3; hour += 1) await flow.wakeDue(hourMs);
  return { flow, fieldsOf: (id: string): FieldValues => last.get(id)?.[2] ?? {} };
}

const idOf = (value: unknown): string => (value as { readonly id: string }).id;

it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'whatever comes in whatever order, Marketo holds the last of everything, each related to the others (%s)',
  async (seed) => {
    const { flow, fieldsOf } = await play(seed);
    const [person] = flow.marketo.persons();
    const account = fieldsOf(ids.account);
    const opportunity = fieldsOf(opportunityId);

    expect(flow.salespersons()).toHaveLength(2);
    expect(flow.companies()).toEqual([
      expect.objectContaining({
        externalCompanyId: ids.account,
        company: account['name'],
        sicCode: account['sic'],
        externalSalesPersonId: idOf(account['ownerid']),
      }),
    ]);
    expect(flow.marketo.persons()).toHaveLength(1);
    expect(person?.fields).toMatchObject({
      lastName: fieldsOf(ids.contact)['lastname'],
      externalCompanyId: ids.account,
      externalSalesPersonId: idOf(fieldsOf(ids.contact)['ownerid']),
    });
    expect(flow.opportunities()).toMatchObject([
      { name: opportunity['name'], externalSalesPersonId: idOf(opportunity['ownerid']) },
    ]);
    expect(flow.roles()).toMatchObject([
      { externalOpportunityId: opportunityId, leadId: Number(person?.id) },
    ]);
    expect(flow.stores.all().filter(({ dueAtMs }) => dueAtMs !== null)).toEqual([]);
  },
);
