import type { MarketerRequest, ScalarValues } from '@lockstep/change-events';
import { createWorld, type World } from './exampleWorld.ts';

/** The worked examples of docs/requests.md: what is done for a row that is there, told as histories of two simulated sides. */

const ann: ScalarValues = { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com' };
const task: Partial<MarketerRequest> = {
  requestId: 'webhook/task',
  kind: 'CREATE_TASK',
  arguments: { subject: 'Call back', due: '3', owner: 'olga@crm.example' },
};
const owner: Partial<MarketerRequest> = {
  requestId: 'webhook/owner',
  kind: 'CHANGE_OWNER',
  arguments: { owner: 'olga@crm.example' },
};

function personOf() {
  const world = createWorld();
  const person = world.marketo.create(ann);
  world.readMarketo(person);

  return { world, person };
}

function linked() {
  const { world, person } = personOf();
  world.ask(person);
  world.settle();

  return { world, person, row: world.dynamics.ids()[0] ?? '' };
}

/** States of a request that went out, each once. */
function told({ state }: World, requestId: string): readonly string[] {
  const entries = state.decisions.flatMap(({ record }) => record.outbox);
  const states = entries.flatMap((entry) =>
    entry.kind === 'request-state' && entry.request.requestId === requestId
      ? [`${entry.request.state} ${entry.request.code ?? ''}`.trim()]
      : [],
  );

  return [...new Set(states)];
}

const servedBy = ({ state }: World, requestId: string) => state.served.get(requestId);
const creations = ({ state }: World) => state.received.filter(({ to }) => to === 'dynamics');

describe('a request for a row that is there', () => {
  it.each([
    ['a task', task],
    ['another owner', owner],
  ])('is carried out for that row: %s', (_, request) => {
    const { world, person, row } = linked();

    world.ask(person, request);
    world.settle();

    const id = request.requestId ?? '';
    expect(servedBy(world, id)).toEqual({ rowId: row, kind: request.kind, times: 1 });
    expect(told(world, id)).toEqual(['SENT', 'DONE']);
  });

  it('is carried out for the contact that a lead became', () => {
    const { world, person, row } = linked();
    const { goldenId } = world.record(`dynamics/lead/${row}`);
    world.state.links.set('dynamics/contact/contact-1', goldenId);
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${row}` });
    world.readDynamics('contact-1');

    world.ask(person, task);
    world.settle();

    expect(servedBy(world, 'webhook/task')?.rowId).toBe('contact-1');
  });

  it('is asked for again when the answer was lost, and ends once', () => {
    const { world, person } = linked();
    world.ask(person, task);
    world.carryOut({ loseAnswers: true });

    world.ask(person, task);
    world.wakeUp(20_000);
    world.settle();
    world.ask(person, task);
    world.settle();

    expect(servedBy(world, 'webhook/task')?.times).toBe(2);
    expect(told(world, 'webhook/task')).toEqual(['SENT', 'DONE']);
  });

  it('fails with the reason that Dynamics gives, and the next one is carried out', () => {
    const { world, person } = linked();
    world.state.refused.add('CHANGE_OWNER');

    world.ask(person, owner);
    world.ask(person, task);
    world.settle();

    expect(told(world, 'webhook/owner')).toEqual(['SENT', 'FAILED OWNER_UNKNOWN']);
    expect(told(world, 'webhook/task')).toEqual(['SENT', 'DONE']);
  });

  it('waits while nothing is written to Dynamics', () => {
    const { world, person } = linked();
    world.state.withheld.add('dynamics');
    world.ask(person, task);
    world.settle();
    expect(told(world, 'webhook/task')).toEqual([]);
    expect(world.record(`marketo/person/${person}`).forecast).toEqual({
      dynamics: [{ operation: 'CREATE', table: 'task', fields: [] }],
    });

    world.state.withheld.clear();
    world.wakeUp(20_000);
    world.settle();

    expect(told(world, 'webhook/task')).toEqual(['SENT', 'DONE']);
  });
});

describe('a request for a person that is not in Dynamics', () => {
  it.each([
    ['a task, which is created next', task, { owner: undefined, isServed: true }],
    ['another owner, for whom it is made', owner, { owner: 'olga@crm.example', isServed: false }],
  ])('makes a lead first: %s', (_, request, expected) => {
    const { world, person } = personOf();

    world.ask(person, request);
    const [made] = world.state.open.flatMap((write) => (write.to === 'dynamics' ? [write.entry] : []));
    world.settle();

    const [row = ''] = world.dynamics.ids();
    expect(made).toMatchObject({ kind: 'dynamics-write', table: 'lead', ifMatch: null });
    expect(made?.kind === 'dynamics-write' ? made.owner : null).toBe(expected.owner);
    expect(world.dynamics.column(row, 'lastname')).toBe('Example');
    expect(servedBy(world, request.requestId ?? '')?.rowId === row).toBe(expected.isServed);
    expect(told(world, request.requestId ?? '')).toEqual(['SENT', 'DONE']);
  });

  it('gives no owner to the contact that somebody makes of the lead that was made for that owner', () => {
    const { world, person } = personOf();
    world.ask(person, owner);
    world.carryOut({ loseAnswers: true });
    const [lead = ''] = world.dynamics.ids();
    world.state.links.set('dynamics/contact/contact-1', world.record(`dynamics/lead/${lead}`).goldenId);
    world.dynamics.insert('contact', 'contact-1', { originatingleadid: `lead/${lead}` });
    world.readDynamics('contact-1');
    world.readDynamics(lead);
    world.settle();

    expect(world.record(`dynamics/lead/${lead}`).kind).toBe('contact');
    expect(servedBy(world, 'webhook/owner')).toBeUndefined();
    expect(told(world, 'webhook/owner')).toEqual(['SENT', 'DONE']);
  });

  it('makes a new lead when the row was deleted before it was carried out', () => {
    const { world, person, row } = linked();
    world.ask(person, task);
    world.dynamics.remove(row);
    world.carryOut();
    expect(told(world, 'webhook/task')).toEqual(['SENT']);

    world.readDynamics(row);
    world.settle();

    expect(servedBy(world, 'webhook/task')?.rowId).toBe(world.dynamics.ids()[0]);
    expect(creations(world)).toHaveLength(2);
    expect(told(world, 'webhook/task')).toEqual(['SENT', 'DONE']);
  });

  it('makes no second one when the one that it made is deleted', () => {
    const { world, person } = personOf();
    world.ask(person, task);
    world.carryOut({ loseAnswers: true });
    const [row = ''] = world.dynamics.ids();
    world.dynamics.remove(row);
    world.readDynamics(row);
    world.wakeUp(20_000);
    world.settle();

    expect(world.dynamics.ids().filter((id) => world.dynamics.version(id) !== null)).toEqual([]);
    expect(told(world, 'webhook/task')).toEqual(['SENT', 'FAILED DYNAMICS_ROW_MISSING']);
  });
});
