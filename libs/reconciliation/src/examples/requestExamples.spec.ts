import type { MarketerRequest, ScalarValues } from '@lockstep/change-events';
import { createWorld, type World } from './exampleWorld.ts';
import type { WorldOptions } from './exampleParts.ts';

/** The worked examples of docs/requests.md: what marketers ask for, told as histories of two simulated sides. */

const ann: ScalarValues = { firstName: 'Ann', lastName: 'Example', email: 'ann@example.com' };

function personOf(options: WorldOptions = {}, fields: ScalarValues = ann) {
  const world = createWorld(options);
  const person = world.marketo.create(fields);
  world.readMarketo(person);

  return { world, person, key: `marketo/person/${person}` };
}

/** The states that went out, with their codes, each once. */
function told({ state }: World): readonly (string | null)[][] {
  const entries = state.decisions.flatMap(({ record }) => record.outbox);
  const states = new Map(
    entries.flatMap((entry) => (entry.kind === 'request-state' ? [[entry.entryId, entry.request]] : [])),
  );

  return [...states.values()].map(({ requestId, state: name, code }) => [requestId, name, code]);
}

const rowsOf = ({ dynamics }: World) => dynamics.ids().map((id) => dynamics.table(id));
const asContact: Partial<MarketerRequest> = { arguments: { as: 'contact' } };
const done = [
  ['webhook/1', 'SENT', null],
  ['webhook/1', 'DONE', null],
];

describe('a request to sync a person of Marketo', () => {
  it.each(['lead', 'contact'] as const)(
    'makes a %s with all that Marketo knows, linked to the person',
    (as) => {
      const { world, person, key } = personOf();

      world.ask(person, { arguments: { as } });
      world.settle();

      const [row = ''] = world.dynamics.ids();
      expect(rowsOf(world)).toEqual([as]);
      expect(
        ['firstname', 'lastname', 'emailaddress1'].map((name) => world.dynamics.column(row, name)),
      ).toEqual(['Ann', 'Example', 'ann@example.com']);
      expect(world.marketo.field(person, 'crmId')).toBe(row);
      expect(world.record(key).kind).toBe(as);
      expect(told(world)).toEqual(done);
    },
  );

  it('causes one write to each side, and edits flow both ways afterwards', () => {
    const { world, person } = personOf();
    world.ask(person);
    world.settle();
    const [row = ''] = world.dynamics.ids();
    const writes = world.state.received.map(({ to }) => to);

    world.dynamics.edit(row, { jobtitle: 'Pilot' });
    world.marketo.write(person, { city: 'Oslo' });
    world.settle();

    expect(writes).toEqual(['dynamics', 'marketo']);
    expect(world.marketo.field(person, 'title')).toBe('Pilot');
    expect(world.dynamics.column(row, 'address1_city')).toBe('Oslo');
  });

  it('takes what a plug-in sets in the new row as a change', () => {
    const { world, person } = personOf();
    world.dynamics.onWrite({ jobtitle: 'Set by plug-in' });

    world.ask(person);
    world.settle();

    expect(world.marketo.field(person, 'title')).toBe('Set by plug-in');
  });

  it('does nothing for a person that is linked, and says that it is done', () => {
    const { world, person } = personOf();
    world.ask(person);
    world.settle();
    const writes = world.state.received.length;

    world.ask(person, { requestId: 'webhook/2' });
    world.settle();

    expect(rowsOf(world)).toEqual(['lead']);
    expect(world.state.received).toHaveLength(writes);
    expect(told(world).slice(2)).toEqual([['webhook/2', 'DONE', null]]);
  });

  it('is carried out once, however often it comes', () => {
    const { world, person } = personOf();

    world.ask(person);
    world.ask(person);
    world.carryOut();
    world.ask(person);
    world.settle();

    expect(rowsOf(world)).toEqual(['lead']);
    expect(told(world)).toEqual(done);
  });

  it('sends no contact as a lead', () => {
    const { world, person } = personOf();
    world.ask(person, asContact);
    world.settle();

    world.ask(person, { requestId: 'webhook/2' });
    world.settle();

    expect(rowsOf(world)).toEqual(['contact']);
    expect(told(world).slice(2)).toEqual([['webhook/2', 'FAILED', 'REQUEST_KIND_CONFLICT']]);
  });

  it('makes one row when the answer was lost, whether the row or the repeat is seen first', () => {
    for (const isSeenFirst of [false, true]) {
      const { world, person } = personOf();
      world.ask(person);
      world.carryOut({ loseAnswers: true });
      if (isSeenFirst) world.settle();
      world.wakeUp(20_000);
      world.settle();

      expect(rowsOf(world)).toEqual(['lead']);
      expect(told(world)).toEqual(done);
      expect(world.state.received.filter(({ to }) => to === 'marketo')).toHaveLength(1);
    }
  });

  it('keeps an edit that was made before the lost answer was settled', () => {
    const { world, person } = personOf();
    world.ask(person);
    world.carryOut({ loseAnswers: true });
    world.dynamics.edit(world.dynamics.ids()[0] ?? '', { firstname: 'Anne' });

    world.wakeUp(20_000);
    world.settle();

    expect(world.marketo.field(person, 'firstName')).toBe('Anne');
  });

  it('makes a new row for a person whose row was deleted', () => {
    const { world, person } = personOf();
    world.ask(person);
    world.settle();
    const [first = ''] = world.dynamics.ids();
    world.dynamics.remove(first);
    world.settle();

    world.ask(person, { requestId: 'webhook/2' });
    world.settle();

    const [second = ''] = world.dynamics.ids();
    expect(second).not.toBe(first);
    expect(world.marketo.field(person, 'crmId')).toBe(second);
    expect(world.marketo.field(person, 'crmIsDeleted')).toBe(false);
    expect(told(world).at(-1)).toEqual(['webhook/2', 'DONE', null]);
  });

  it('makes no second row when the one that it made is deleted before the answer came', () => {
    const { world, person } = personOf();
    world.ask(person);
    world.carryOut({ loseAnswers: true });
    const [row = ''] = world.dynamics.ids();
    world.dynamics.remove(row);
    world.readDynamics(row);

    world.wakeUp(20_000);
    world.settle();

    expect(rowsOf(world)).toEqual([]);
    expect(told(world)).toEqual(done);
  });

  it('leaves a value out that Dynamics refuses, and parks it', () => {
    const { world, person, key } = personOf({}, { ...ann, title: 'Refused' });
    world.state.refused.add('jobtitle');

    world.ask(person);
    world.settle();

    const [row = ''] = world.dynamics.ids();
    expect(world.dynamics.column(row, 'lastname')).toBe('Example');
    expect(world.record(key).rows.find(({ id }) => id === row)?.parked).toMatchObject({
      jobTitle: { value: 'Refused', code: 'DYNAMICS_REFUSED' },
    });
    expect(told(world)).toEqual(done);
  });

  it('waits until both sides were read once', () => {
    const { world, person } = personOf({ firstReadsComplete: false });
    world.ask(person);
    world.settle();
    expect(rowsOf(world)).toEqual([]);

    world.state.firstReadsComplete = true;
    world.wakeUp(20_000);
    world.settle();

    expect(rowsOf(world)).toEqual(['lead']);
  });

  it('waits for a person that nobody has read yet', () => {
    const world = createWorld();
    const person = world.marketo.create(ann);
    world.ask(person);
    world.settle();

    expect(rowsOf(world)).toEqual(['lead']);
    expect(told(world)).toEqual(done);
  });

  it('is put on its topic again while nobody knows whose the person is, and given up after a day', () => {
    const world = createWorld();
    world.ask('7');
    world.wakeUp(6_000);
    expect(told(world)).toEqual([['webhook/1', 'QUEUED', null]]);

    const askedAt = new Date(world.state.nowMs - 90_000_000).toISOString();
    world.ask('7', { requestId: 'webhook/2', askedAt });

    expect(told(world).at(-1)).toEqual(['webhook/2', 'FAILED', 'REQUEST_PERSON_UNKNOWN']);
  });

  it('fails for a person that was deleted', () => {
    const { world, person } = personOf();
    world.marketo.remove(person);
    world.readMarketo(person);

    world.ask(person);

    expect(told(world)).toEqual([['webhook/1', 'FAILED', 'REQUEST_PERSON_UNKNOWN']]);
  });
});

describe('a person whose address a row of Dynamics has', () => {
  const withRow = (options: WorldOptions) => {
    const setting = personOf(options);
    setting.world.dynamics.insert('lead', 'row-1', {
      emailaddress1: 'ann@example.com',
      new_synctomkto: false,
    });
    setting.world.readDynamics('row-1');

    return setting;
  };

  it('joins that row, when persons are matched by email', () => {
    const { world, person } = withRow({ matchByEmail: true });

    world.ask(person);
    world.settle();

    expect(rowsOf(world)).toEqual(['lead']);
    expect(world.state.links.get(`marketo/person/${person}`)).toBe(
      world.state.links.get('dynamics/lead/row-1'),
    );
    expect(told(world)).toEqual([['webhook/1', 'DONE', null]]);
  });

  it('gets no row when several have it', () => {
    const { world, person } = withRow({ matchByEmail: true });
    world.dynamics.insert('lead', 'row-2', { emailaddress1: 'ann@example.com', new_synctomkto: false });
    world.readDynamics('row-2');

    world.ask(person);
    world.settle();

    expect(told(world)).toEqual([['webhook/1', 'FAILED', 'DYNAMICS_AMBIGUOUS']]);
  });

  it('gets a second one without matching', () => {
    const { world, person } = withRow({});

    world.ask(person);
    world.settle();

    expect(rowsOf(world)).toEqual(['lead', 'lead']);
  });
});
