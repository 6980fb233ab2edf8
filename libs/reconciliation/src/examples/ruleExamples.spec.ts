import type { ScalarValues } from '@lockstep/change-events';
import { linkedPair } from './examplePairs.ts';
import { mappingWithNew, type WorldOptions } from './exampleParts.ts';
import { createWorld, type World } from './exampleWorld.ts';
import type { CreationRule } from '../policy.ts';

/** The worked examples of docs/conflict-resolution.md about the rule that makes rows of people of Marketo (F-20). */

const hot: CreationRule = {
  when: { name: 'leadScore', test: { operator: 'atLeast', operand: 50 } },
  as: 'contact',
};

function worldWith(fields: ScalarValues, rule: CreationRule = hot, options: WorldOptions = {}) {
  const world = createWorld(options);
  world.state.policy = { ...world.state.policy, createInDynamics: rule };
  const person = world.marketo.create({ firstName: 'Ann', email: 'ann@example.com', ...fields });
  world.readMarketo(person);
  world.settle();

  return { world, person };
}

const made = ({ dynamics }: World) =>
  dynamics.ids().map((id) => [dynamics.table(id), dynamics.column(id, 'firstname')]);
const endsOf = ({ state }: World) =>
  state.decisions
    .flatMap(({ record }) => record.outbox)
    .flatMap((entry) => (entry.kind === 'request-state' ? [entry.request] : []))
    .filter((request) => request.state === 'DONE' || request.state === 'FAILED');

describe('a rule that makes rows of people of Marketo', () => {
  it('makes one of a person that it holds for, linked, and of nobody else', () => {
    const { world, person } = worldWith({ leadScore: 60 });
    const other = world.marketo.create({ firstName: 'Bob', leadScore: 40 });
    world.readMarketo(other);
    world.settle();

    expect(made(world)).toEqual([['contact', 'Ann']]);
    expect(world.marketo.field(person, 'crmId')).toBe(world.dynamics.ids()[0]);
    expect(endsOf(world).map(({ door, requestId, state }) => [door, requestId, state])).toContainEqual([
      'RULE',
      `rule/golden/${person}`,
      'DONE',
    ]);
  });

  it.each([
    ['Opera', 1],
    ['chess', 1],
    [4, 1],
    ['Chess;Opera', 0],
    ['Sailing', 0],
  ])('holds of several options by any one, label or number: %j makes %i rows', (operand, count) => {
    const labels = { Chess: 4, Sailing: 30 };
    const mapping = mappingWithNew({ field: 'hobbies', type: 'options', labels });
    const when = { name: 'hobbies', test: { operator: 'is', operand: [operand] } } as const;
    const { world } = worldWith({ hobbies: 'Chess;Opera' }, { when, as: 'lead' }, { mapping });

    expect(made(world)).toHaveLength(count);
  });

  it.each(['Web', 8])('holds of an option by its label or number: %j', (operand) => {
    const when = { name: 'leadSource', test: { operator: 'is', operand: [operand] } } as const;

    expect(made(worldWith({ leadSource: 'Web' }, { when, as: 'lead' }).world)).toHaveLength(1);
  });

  it('makes it when an edit lets the rule hold', () => {
    const { world, person } = worldWith({ leadScore: 40 });
    expect(made(world)).toEqual([]);

    world.marketo.write(person, { leadScore: 50 });
    world.settle();

    expect(made(world)).toEqual([['contact', 'Ann']]);
  });

  it('makes no other one when the row is deleted, whatever is edited', () => {
    const { world, person } = worldWith({ leadScore: 60 }, { ...hot, as: 'lead' });
    const [row = ''] = world.dynamics.ids();
    world.dynamics.remove(row);
    world.settle();
    world.marketo.write(person, { leadScore: 70 });
    world.settle();

    expect(world.dynamics.ids()).toEqual([]);
  });

  it('makes none of a person that came from Dynamics, when its row is deleted', () => {
    const { world, row, person } = linkedPair('lead', { firstname: 'Ann' });
    world.state.policy = { ...world.state.policy, createInDynamics: hot };
    world.dynamics.remove(row);
    world.settle();
    world.marketo.write(person, { leadScore: 70 });
    world.settle();

    expect(world.dynamics.ids()).toEqual([]);
  });

  it('asks once, also when several rows have the address', () => {
    const { world, person } = worldWith({ leadScore: 40 });
    const other = world.marketo.create({ email: 'ann@example.com' });
    world.readMarketo(other);
    world.state.policy = { ...world.state.policy, matchByEmail: true };
    for (const id of ['lead-1', 'lead-2']) {
      world.dynamics.insert('lead', id, { emailaddress1: 'ann@example.com', new_synctomkto: false });
      world.readDynamics(id);
    }
    for (const leadScore of [60, 70]) {
      world.marketo.write(person, { leadScore });
      world.settle();
    }

    expect(endsOf(world).map(({ code }) => code)).toContain('DYNAMICS_AMBIGUOUS');
    expect(world.dynamics.ids()).toEqual(['lead-1', 'lead-2']);
    expect(world.record(`marketo/person/${person}`).requestsEnded).toHaveLength(1);
  });

  it('joins the row that has the address, when persons are matched by email', () => {
    const { world } = worldWith({ leadScore: 40 }, hot, { matchByEmail: true });
    world.dynamics.insert('lead', 'lead-1', { firstname: 'Ann', emailaddress1: 'ann@example.com' });
    world.readDynamics('lead-1');
    world.settle();
    const [person = ''] = world.marketo.ids();
    world.marketo.write(person, { leadScore: 60 });
    world.settle();

    expect(made(world)).toEqual([['lead', 'Ann']]);
    expect(world.marketo.ids()).toEqual([person]);
  });

  it('waits until both sides are read', () => {
    const { world } = worldWith({ leadScore: 60 }, hot, { firstReadsComplete: false });
    expect(made(world)).toEqual([]);
    expect([...world.state.records.values()].map(({ waiting }) => waiting?.cause)).toEqual(['first-reads']);

    world.state.firstReadsComplete = true;
    world.wakeUp(0);
    world.settle();

    expect(made(world)).toEqual([['contact', 'Ann']]);
  });

  it('writes nothing while writes to Dynamics are withheld, and makes the row when they flow', () => {
    const { world, person } = worldWith({ leadScore: 40 });
    world.state.withheld.add('dynamics');
    world.marketo.write(person, { leadScore: 60 });
    world.settle();
    expect(made(world)).toEqual([]);

    world.state.withheld.clear();
    world.wakeUp(0);
    world.settle();

    expect(made(world)).toEqual([['contact', 'Ann']]);
  });

  it('holds of an age when its time has come', () => {
    const aged: CreationRule = {
      when: { name: 'lastInterestingMomentDate', test: { operator: 'olderThanDays', operand: 7 } },
      as: 'lead',
    };
    const { world } = worldWith({ lastInterestingMomentDate: '2026-11-20T10:00:00Z' }, aged);
    expect(made(world)).toEqual([]);

    world.wakeUp(5 * 86_400_000);
    world.settle();

    expect(made(world)).toEqual([['lead', 'Ann']]);
  });
});
