import type { DynamicsEntry } from './outbox.ts';
import { forecastOf } from './forecast.ts';
import { createWorld } from './examples/exampleWorld.ts';
import { linkedPair } from './examples/examplePairs.ts';

/** What would be asked for of Dynamics while nothing is written to it. */
function foretold(request: Parameters<ReturnType<typeof createWorld>['ask']>[1]) {
  const { world, person } = linkedPair('lead', { jobtitle: 'Engineer' });
  world.state.withheld.add('dynamics');
  world.ask(person, request);
  return world.record('dynamics/lead/lead-1').forecast;
}

describe('a forecast', () => {
  it.each([
    ['CHANGE_OWNER', { operation: 'UPDATE', table: 'lead', fields: ['ownerid'] }],
    ['CREATE_TASK', { operation: 'CREATE', table: 'task', fields: [] }],
    ['ADD_TO_CAMPAIGN', { operation: 'UPDATE', table: 'list', fields: ['members'] }],
  ] as const)('of what is asked by %s is what changes', (kind, forecast) => {
    expect(foretold({ kind, arguments: { owner: 'olga@crm.example', subject: 'Call' } })).toEqual({
      dynamics: [forecast],
    });
  });

  it('of a new row tells its table, and no fields', () => {
    const world = createWorld();
    world.state.withheld.add('dynamics');
    world.readMarketo(world.marketo.create({ firstName: 'Ann' }));
    world.ask('1001', { arguments: { as: 'contact' } });

    expect(world.record('marketo/person/1001').forecast).toEqual({
      dynamics: [{ operation: 'CREATE', table: 'contact', fields: [] }],
    });
  });

  it('tells only what was planned since, with the fields in order', () => {
    const entry = (columns: Record<string, string>): DynamicsEntry => ({
      ...{ kind: 'dynamics-write', entryId: '1', table: 'lead', rowId: 'lead-1', columns },
      ...{ ifMatch: { epoch: 1, number: 1 }, attempts: 0, dueAtMs: 0 },
    });
    const before = { commands: [], dynamicsWrites: [entry({ a: '1' })] };
    const planned = { commands: [], dynamicsWrites: [entry({ a: '1' }), entry({ c: '1', b: '2' })] };

    expect(forecastOf(planned, before)).toEqual([{ operation: 'UPDATE', table: 'lead', fields: ['b', 'c'] }]);
  });
});
