import type { ScalarValues } from '@lockstep/change-events';
import { createWorld } from './exampleWorld.ts';
import type { Expression } from '../expression.ts';
import type { CreationRule } from '../policy.ts';

/** The worked examples of docs/conflict-resolution.md about when the rule that makes rows asks, and what for (F-20). */

const hot: Expression = { name: 'leadScore', test: { operator: 'atLeast', operand: 50 } };
const old: Expression = {
  name: 'lastInterestingMomentDate',
  test: { operator: 'olderThanDays', operand: 2 },
};

function ruled(rule: CreationRule, fields: ScalarValues, firstReadsComplete = true) {
  const world = createWorld({ firstReadsComplete });
  world.state.policy = { ...world.state.policy, createInDynamics: rule };
  const person = world.marketo.create({ firstName: 'Ann', ...fields });
  return { world, person, decision: world.readMarketo(person) };
}

describe('the rule that makes rows', () => {
  it('asks as a marketer would, by a door and an id of its own', () => {
    const owner = 'olga@crm.example';
    const { decision } = ruled({ when: hot, as: 'contact', owner }, { leadScore: 60 });
    const at = '2026-11-22T10:00:00Z';

    expect(decision.record.requests).toMatchObject([
      {
        request: {
          ...{ requestId: 'rule/golden/1001', personId: '1001', kind: 'SYNC_PERSON', state: 'SENT' },
          ...{ door: 'RULE', arguments: { as: 'contact', owner }, askedAt: at, at, code: null, detail: null },
        },
      },
    ]);
    expect(decision.dynamicsWrites).toMatchObject([{ table: 'contact', ifMatch: null, owner }]);
  });

  it('names no owner where none is chosen', () => {
    const { decision } = ruled({ when: hot, as: 'lead' }, { leadScore: 60 });

    expect(decision.record.requests?.[0]?.request.arguments).toEqual({ as: 'lead' });
    expect(decision.dynamicsWrites[0]).not.toHaveProperty('owner');
  });

  it.each([
    ['holds, until both sides are read', { leadScore: 60 }, 'first-reads'],
    ['does not hold', { leadScore: 40 }, undefined],
    ['hangs on what nobody has shown', {}, undefined],
  ])('lets a person wait for which it %s', (_, fields, cause) => {
    const { decision } = ruled({ when: hot, as: 'lead' }, fields, false);

    expect(decision.record.waiting?.cause).toBe(cause);
    expect(decision.record.requests).toBeUndefined();
    if (cause)
      expect(decision.record.waiting).toEqual({
        ...{ cause, code: null, dueAtMs: Number.MAX_SAFE_INTEGER },
      });
    expect(decision.record.dueAtMs).toBeNull();
  });

  it('asks once both sides are read', () => {
    const { world } = ruled({ when: hot, as: 'lead' }, { leadScore: 60 }, false);
    world.state.firstReadsComplete = true;
    world.wakeUp(0);

    expect(world.record('marketo/person/1001').requests).toHaveLength(1);
  });

  it('leaves a person alone for whom a marketer has asked', () => {
    const { world, person } = ruled({ when: hot, as: 'contact' }, { leadScore: 40 });
    world.ask(person, { arguments: { as: 'lead' } });
    world.marketo.write(person, { leadScore: 60 });
    const { record } = world.readMarketo(person);

    expect(record.requests?.map(({ request }) => request.door)).toEqual(['WEBHOOK']);
  });

  it('leaves a person alone that is deleted', () => {
    const { world, person } = ruled({ when: hot, as: 'contact' }, { leadScore: 60 }, false);
    world.marketo.remove(person);
    world.readMarketo(person);
    world.state.firstReadsComplete = true;
    world.wakeUp(0);

    expect(world.record(`marketo/person/${person}`).requests).toBeUndefined();
  });

  it('is looked at again when it may turn by itself', () => {
    const { world, person, decision } = ruled(
      { when: old, as: 'lead' },
      { lastInterestingMomentDate: '2026-11-22T08:00:00Z' },
    );
    expect(decision.record.dueAtMs).toBe(Date.parse('2026-11-24T08:00:00Z'));
    expect(decision.record.requests).toBeUndefined();
    world.wakeUp(46 * 3_600_000);

    const { requests, rows } = world.record(`marketo/person/${person}`);
    expect(requests).toHaveLength(1);
    expect(rows[0]).not.toHaveProperty('turnsAtMs');
  });
});
