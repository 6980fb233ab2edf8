import { createMetrics } from '@lockstep/service-runtime';
import { hintRoute } from './hintRoute.ts';

function exampleRoute() {
  const metrics = createMetrics('extractor');
  const rung: string[] = [];
  const ring = (table: string) => (table === 'lead' ? rung.push(table) === 1 : undefined);
  const route = hintRoute({ key: 'sesame', ring, metrics });
  const hintsOf = async () =>
    (await metrics.hints.get()).values.map(({ labels, value }) => ({ ...labels, value }));

  return { route, rung, hintsOf };
}

const head = (headers: Record<string, string> = {}, query: Record<string, string> = {}) => ({
  headers,
  query,
});
const nothing = Buffer.alloc(0);

describe('hintRoute', () => {
  it.each([
    ['the query value that Dataverse names code', head({}, { code: 'sesame' }), true],
    ['the header of our own', head({ 'x-lockstep-key': 'sesame' }), true],
    ['a wrong key', head({ 'x-lockstep-key': 'sesam' }), false],
    ['no key', head(), false],
    ['an empty key', head({}, { code: '' }), false],
  ])('admits by %s as it should', (_, call, isAdmitted) => {
    expect(exampleRoute().route.admits(call)).toBe(isAdmitted);
  });

  it('wakes the table of the header and counts what a repetition adds', async () => {
    const { route, rung, hintsOf } = exampleRoute();
    const call = head({ 'x-ms-dynamics-entity-name': 'lead' });
    const statuses = [route.answer(call, nothing), route.answer(call, nothing)];

    expect(statuses).toEqual([202, 202]);
    expect(rung).toEqual(['lead', 'lead']);
    expect(await hintsOf()).toEqual([
      { table: 'lead', result: 'woken', value: 1 },
      { table: 'lead', result: 'coalesced', value: 1 },
    ]);
  });

  it('takes the table from a body that was cut off, when no header names it', () => {
    const { route, rung } = exampleRoute();
    route.answer(head(), Buffer.from('{"MessageName":"Update","PrimaryEntityName":"lead","InputPar'));

    expect(rung).toEqual(['lead']);
  });

  it('answers for a table that is not read here as for any other, and keeps its name out of the metrics', async () => {
    const { route, hintsOf } = exampleRoute();

    expect(route.answer(head({ 'x-ms-dynamics-entity-name': 'task' }), nothing)).toBe(202);
    expect(route.answer(head(), Buffer.from('no table'))).toBe(202);
    expect(await hintsOf()).toEqual([{ table: '', result: 'unknown', value: 2 }]);
  });

  it('counts the calls that it refuses', async () => {
    const { route, hintsOf } = exampleRoute();
    route.admits(head());

    expect(await hintsOf()).toEqual([{ table: '', result: 'refused', value: 1 }]);
  });
});
