import {
  personFields,
  topics,
  type DeliveryOutcome,
  type MarketoEntity,
  type ScalarValues,
  type WriteCommand,
} from '@lockstep/change-events';
import { createMarketo } from '@lockstep/marketo';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { createCallNumbers, createDeliverer } from '@lockstep/pipelines';
import { inMemoryStores } from '@lockstep/ports';
import { systemClock } from '@lockstep/service-runtime';
import { fieldPolicyOf } from './config.ts';

type Json = Readonly<Record<string, unknown>>;
type Call = { readonly method: string; readonly path: string };

/** Our delivery over HTTP to an emulated Marketo; with policies values are checked before a call. */
async function withDelivery(
  use: (setting: Awaited<ReturnType<typeof open>>) => Promise<void>,
  policies?: readonly string[],
): Promise<void> {
  const setting = await open(policies);
  try {
    await use(setting);
  } finally {
    await setting.close();
  }
}

async function open(policies?: readonly string[]) {
  const emulator = await startMarketoEmulator({ control: true });
  const marketo = createMarketo({ ...emulator, fields: personFields, share: 1, clock: systemClock });
  const deliverer = createDeliverer({
    people: marketo.lane('FRESH'),
    objects: marketo.objects('FRESH'),
    backfillPeople: marketo.lane('BACKFILL'),
    backfillObjects: marketo.objects('BACKFILL'),
    deliveries: inMemoryStores().deliveries,
    numbers: createCallNumbers(1),
    ...(policies && { policyOf: fieldPolicyOf(policies) }),
    lease: { isHeld: () => true },
    clock: systemClock,
  });
  const control = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${emulator.url}/_control/${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Json;
  };
  await control('POST', 'settings', { latencyMs: 0 });
  /** A call of somebody else. */
  async function rest(path: string, body: Json): Promise<void> {
    const { url, clientId, clientSecret } = emulator;
    const query = new URLSearchParams({
      grant_type: 'client_credentials',
      ...{ client_id: clientId, client_secret: clientSecret },
    });
    const identity = (await (await fetch(`${url}/identity/oauth/token?${query.toString()}`)).json()) as Json;
    const headers = {
      authorization: `Bearer ${String(identity['access_token'])}`,
      'content-type': 'application/json',
    };
    const answer = await fetch(`${url}/rest/v1/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    expect(await answer.json()).toMatchObject({ success: true });
  }
  let revision = 0;
  return {
    control,
    rest,
    /** The next call to such an address is carried out and not answered. */
    async cut(path: string): Promise<void> {
      const match = { method: 'POST', path: `rest/v1/.*${path}` };
      await control('POST', 'faults', { match, action: { kind: 'commitThenDrop' }, times: 1 });
    },
    async records(type: string): Promise<readonly Json[]> {
      return (await control('GET', `objects/${type}`))['records'] as readonly Json[];
    },
    /** The path of each call, in order, without identity. */
    async calls(): Promise<readonly string[]> {
      const { calls } = (await control('GET', 'calls')) as { calls: readonly Call[] };
      return calls.filter(({ path }) => path.startsWith('/rest')).map(({ path }) => path);
    },
    async deliver(...commands: readonly Partial<WriteCommand>[]): Promise<readonly DeliveryOutcome[]> {
      revision += 1;
      const messages = commands.map((command, at) => {
        const value = commandOf({ ...command, revision: { epoch: 1, number: revision } }, at);
        const place = { topic: topics.writes, partition: 0, offset: `${at}`, key: value.goldenId };
        return { ...place, value, undecodable: null, headers: {} };
      });
      const result = await deliverer({ topic: topics.writes, partition: 0, messages });
      const outcomes = result.messages.map(({ value }) => value as DeliveryOutcome);
      return messages.flatMap(({ key }) => outcomes.filter(({ goldenId }) => goldenId === key));
    },
    async close() {
      await marketo.close();
      await emulator.close();
    },
  };
}

function commandOf(changes: Partial<WriteCommand>, at: number): WriteCommand {
  return {
    commandId: `c${at}`,
    goldenId: `g${at}`,
    revision: { epoch: 1, number: 1 },
    operation: 'UPSERT',
    ...{ personId: null, email: null, matchByEmail: false, fields: {} },
    lane: 'LIVE',
    issuedAt: '2026-11-27T10:00:00Z',
    ...changes,
  };
}

const upsert = (entity: MarketoEntity, fields: ScalarValues) => ({ entity, fields });
const remove = (entity: MarketoEntity, fields: ScalarValues) => ({
  ...{ entity, fields },
  operation: 'DELETE' as const,
});
const read = (entity: MarketoEntity, fields: ScalarValues) => ({
  entity,
  fields,
  operation: 'READ' as const,
});
const company = { externalCompanyId: 'A-1', company: 'Example Ltd' };
const opportunity = { externalOpportunityId: 'O-1', name: 'Chairs', externalCompanyId: 'A-1' };
const seller = { externalSalesPersonId: 'S-1', email: 'ann@example.com' };

const carFields = [
  { name: 'vin', displayName: 'VIN', dataType: 'string', isDedupeField: true },
  { name: 'year', displayName: 'Year', dataType: 'integer' },
];

describe('commands of entities other than persons', () => {
  it('are delivered parents first, whatever their order in a batch, one call for each entity', () =>
    withDelivery(async ({ deliver, calls, records }) => {
      const outcomes = await deliver(
        upsert('opportunity', opportunity),
        upsert('company', company),
        upsert('opportunity', { ...opportunity, externalOpportunityId: 'O-2' }),
        upsert('salesperson', seller),
      );

      expect(outcomes.map(({ result }) => result)).toEqual(['CREATED', 'CREATED', 'CREATED', 'CREATED']);
      expect(await calls()).toEqual([
        '/rest/v1/salespersons.json',
        '/rest/v1/companies.json',
        '/rest/v1/opportunities.json',
      ]);
      expect(await records('opportunity')).toMatchObject([
        opportunity,
        { ...opportunity, externalOpportunityId: 'O-2' },
      ]);
      expect(outcomes[1]).toMatchObject({ accepted: company, code: null });
      expect(outcomes[1]?.personId).toMatch(/^\d+$/);
    }));

  it('update the record with the same key, and tell it so', () =>
    withDelivery(async ({ deliver, records }) => {
      await deliver(upsert('company', company));
      const [outcome] = await deliver(upsert('company', { ...company, company: 'Example GmbH' }));

      expect(outcome?.result).toBe('UPDATED');
      expect(await records('company')).toMatchObject([{ ...company, company: 'Example GmbH' }]);
    }));

  it('are sent again later when a record that they name is not there yet', () =>
    withDelivery(async ({ deliver }) => {
      const [early] = await deliver(upsert('opportunity', opportunity));
      await deliver(upsert('company', company));
      const [later] = await deliver(upsert('opportunity', opportunity));

      expect(early).toMatchObject({ result: 'RETRY', code: 'MARKETO_PARENT_MISSING', detail: '718' });
      expect(Date.parse(early?.retryAt ?? '')).toBeGreaterThan(Date.parse(early?.at ?? ''));
      expect(later?.result).toBe('CREATED');
    }));

  it('carry a role of a person in an opportunity, by its key of three fields', () =>
    withDelivery(async ({ deliver, control }) => {
      const { ids } = (await control('POST', 'persons', { persons: [{ lastName: 'Example' }] })) as {
        ids: readonly number[];
      };
      const role = { externalOpportunityId: 'O-1', leadId: ids[0] ?? 0, role: 'Decider' };
      await deliver(upsert('company', company), upsert('opportunity', opportunity));

      const [created] = await deliver(upsert('role', { ...role, isPrimary: true }));
      const [found, absent] = await deliver(
        read('role', { ...role, isPrimary: null }),
        read('role', { ...role, role: 'User' }),
      );

      expect(created?.result).toBe('CREATED');
      expect(found).toMatchObject({
        ...{ result: 'READ', personId: created?.personId },
        state: { ...role, isPrimary: true },
      });
      expect(absent).toMatchObject({ result: 'NOT_FOUND', state: null });
    }));

  it('delete children before their parents, in one batch', () =>
    withDelivery(async ({ deliver, records }) => {
      await deliver(upsert('company', company), upsert('opportunity', opportunity));

      const outcomes = await deliver(
        remove('company', { externalCompanyId: 'A-1' }),
        remove('opportunity', { externalOpportunityId: 'O-1' }),
      );

      expect(outcomes.map(({ result }) => result)).toEqual(['DELETED', 'DELETED']);
      expect(await records('company')).toEqual([]);
    }));

  it('do not delete what others still name, and say that somebody is already gone', () =>
    withDelivery(async ({ deliver, records }) => {
      await deliver(upsert('company', company), upsert('opportunity', opportunity));

      const [used, absent] = await deliver(
        remove('company', { externalCompanyId: 'A-1' }),
        remove('company', { externalCompanyId: 'A-9' }),
      );

      expect(used).toMatchObject({ result: 'RETRY', code: 'MARKETO_IN_USE' });
      expect(absent).toMatchObject({ result: 'NOT_FOUND' });
      expect(await records('company')).toHaveLength(1);
    }));

  it('go on without the one field that is refused, and name it', () =>
    withDelivery(async ({ deliver, records }) => {
      const [outcome] = await deliver(upsert('company', { ...company, colour: 'red' }));

      expect(outcome).toMatchObject({ result: 'CREATED', code: '1006', field: 'colour', accepted: company });
      expect(await records('company')).toMatchObject([company]);
    }));

  it('write custom objects by the key that their type describes', () =>
    withDelivery(async ({ deliver, calls, rest }) => {
      const schema = 'customobjects/schema';
      await rest(`${schema}.json`, { apiName: 'car', displayName: 'Car' });
      await rest(`${schema}/car/addField.json`, { input: carFields });
      await rest(`${schema}/car/approve.json`, {});
      const car = upsert('custom:car', { vin: 'V-1', year: 2003 });
      const [created] = await deliver(car);
      const [found] = await deliver(read('custom:car', { vin: 'V-1', year: null }));
      const [gone] = await deliver(remove('custom:car', { vin: 'V-1', year: 2003 }));

      expect([created?.result, found?.result, gone?.result]).toEqual(['CREATED', 'READ', 'DELETED']);
      expect(found?.state).toEqual({ vin: 'V-1', year: 2003 });
      expect((await calls()).filter((path) => path.includes('describe'))).toHaveLength(1);
    }));

  it('call the outcome unknown when the answer is lost, and a read settles it', () =>
    withDelivery(async ({ deliver, cut }) => {
      await cut('companies.json');

      const [lost] = await deliver(upsert('company', company));
      const [settled] = await deliver({ ...read('company', company), goldenId: 'g1' });

      expect(lost).toMatchObject({ result: 'UNKNOWN', code: 'MARKETO_OUTCOME_UNKNOWN' });
      expect(settled).toMatchObject({ result: 'READ', state: company });
    }));

  it.each([
    ['a company', upsert('company', company), 95],
    ['a custom object, which Marketo may commit later', upsert('custom:car', { vin: 'V-1' }), 125],
  ])('wait until Marketo can no longer commit what was not answered: %s', (_what, command, seconds) =>
    withDelivery(async ({ deliver, cut }) => {
      await cut('.');

      const [lost] = await deliver(command);

      const waitMs = Date.parse(lost?.retryAt ?? '') - Date.parse(lost?.at ?? '');
      expect([lost?.result, Math.round(waitMs / 1_000)]).toEqual(['UNKNOWN', seconds]);
    }),
  );

  it('that no entity or operation can have are refused, and delay no others', () =>
    withDelivery(async ({ deliver }) => {
      const outcomes = await deliver(
        { entity: 'planet' as MarketoEntity },
        { entity: 'company', operation: 'CREATE' },
        { entity: null, operation: 'UPSERT' },
        upsert('company', company),
      );

      expect(outcomes.map(({ result, code }) => [result, code])).toEqual([
        ['REFUSED', 'MESSAGE_UNEXPECTED'],
        ['REFUSED', 'MESSAGE_UNEXPECTED'],
        ['REFUSED', 'MESSAGE_UNEXPECTED'],
        ['CREATED', null],
      ]);
    }));

  it.each([false, true])('wait while the CRM sync of Marketo itself is on, told by each record: %s', (each) =>
    withDelivery(async ({ deliver, control }) => {
      await control('POST', 'settings', { nativeCrm: true, nativeCrmSkipsRecords: each });

      await expect(deliver(upsert('company', company))).rejects.toMatchObject({
        code: 'MARKETO_NATIVE_SYNC',
      });
    }),
  );
});

describe('a value of a record other than a person that does not fit its field', () => {
  const withPolicies = (
    policies: readonly string[],
    use: (setting: Awaited<ReturnType<typeof open>>) => Promise<void>,
  ) => withDelivery(use, policies);

  it.each<[string, MarketoEntity, ScalarValues, string]>([
    ['a text longer than its field', 'company', { industry: 'x'.repeat(256) }, '1077'],
    ['a text for a number', 'company', { numberOfEmployees: 'many' }, '1001'],
    ['a field that Marketo fills itself', 'company', { createdAt: '2026-01-01T00:00:00Z' }, '1006'],
    ['a field that is not there', 'salesperson', { colour: 'red' }, '1006'],
  ])('is left out by default, and the rest goes in one call: %s', (_what, entity, bad, code) =>
    withPolicies([], async ({ deliver, calls }) => {
      const good: ScalarValues = entity === 'company' ? company : seller;
      const [outcome] = await deliver(upsert(entity, { ...good, ...bad }));

      expect(outcome).toMatchObject({
        ...{ result: 'CREATED', accepted: good, code: null },
        unfit: [{ field: Object.keys(bad)[0], code, fate: 'REJECTED' }],
      });
      expect((await calls()).filter((path) => !path.includes('describe'))).toHaveLength(1);
    }),
  );

  it('is cut, or sent to be refused, by the policy of its field', () =>
    withPolicies(['industry:truncate', 'site:report'], async ({ deliver, records }) => {
      const long = { industry: 'x'.repeat(300), site: 'y'.repeat(300) };

      const [outcome] = await deliver(upsert('company', { ...company, ...long }));

      expect(outcome).toMatchObject({
        ...{ result: 'CREATED', code: '1077', field: 'site' },
        unfit: [
          { field: 'industry', fate: 'TRUNCATED' },
          { field: 'site', fate: 'REPORTED' },
        ],
      });
      expect(await records('company')).toMatchObject([{ ...company, industry: 'x'.repeat(255), site: null }]);
    }));

  it('in a custom object is known by what its type describes', () =>
    withPolicies([], async ({ deliver, rest }) => {
      const schema = 'customobjects/schema';
      await rest(`${schema}.json`, { apiName: 'car', displayName: 'Car' });
      await rest(`${schema}/car/addField.json`, { input: carFields });
      await rest(`${schema}/car/approve.json`, {});

      const [outcome] = await deliver(upsert('custom:car', { vin: 'V-1', year: 'soon' }));

      expect(outcome).toMatchObject({ result: 'CREATED', unfit: [{ field: 'year', code: '1001' }] });
    }));

  it('of its key refuses the record without a call, whatever the policy, for a cut key is of another record', () =>
    withPolicies(['*:truncate'], async ({ deliver, calls, records }) => {
      const outcomes = await deliver(
        upsert('company', { ...company, externalCompanyId: 'A'.repeat(51) }),
        upsert('company', company),
      );

      expect(outcomes).toMatchObject([
        { result: 'REFUSED', code: '1077', field: 'externalCompanyId' },
        { result: 'CREATED' },
      ]);
      expect(await records('company')).toHaveLength(1);
      expect(await calls()).toEqual(['/rest/v1/companies/describe.json', '/rest/v1/companies.json']);
    }));

  it('is not asked for by a read, which would be refused as a whole, and is unknown then', () =>
    withPolicies([], async ({ deliver, cut }) => {
      await cut('companies.json');
      const [lost] = await deliver(upsert('company', { ...company, colour: 'red' }));

      const [settled] = await deliver({
        ...read('company', { ...company, colour: 'red' }),
        goldenId: 'g1',
      });

      expect([lost?.result, settled?.result]).toEqual(['UNKNOWN', 'READ']);
      expect(settled?.state).toEqual(company);
    }));
});

describe('records of a custom object type that Marketo lacks', () => {
  const ships = (count: number) =>
    Array.from({ length: count }, (_, n) => upsert('custom:ship', { name: `Argo ${n}` }));

  it('are refused without a call for each of them, and delay no others', () =>
    withDelivery(async ({ deliver, calls }) => {
      const outcomes = await deliver(...ships(40), upsert('company', company));

      expect(new Set(outcomes.slice(0, 40).map(({ result, code }) => `${result} ${code}`))).toEqual(
        new Set(['REFUSED MARKETO_REFUSED']),
      );
      expect(outcomes[0]?.detail).toContain('type is missing');
      expect(outcomes[40]?.result).toBe('CREATED');
      expect((await calls()).filter((path) => path.includes('ship'))).toHaveLength(1);
    }, []));

  it('are not there to be read or deleted', () =>
    withDelivery(async ({ deliver }) => {
      const ship = { name: 'Argo' };
      const outcomes = await deliver(read('custom:ship', ship), remove('custom:ship', ship));

      expect(outcomes.map(({ result }) => result)).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    }, []));
});
