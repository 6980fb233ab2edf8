import { createWorld } from './exampleWorld.ts';
it('x', () => {
  const world = createWorld();
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
  world.readDynamics('lead-1');
  world.settle();
  const rec = () => world.record('dynamics/lead/lead-1');
  const dump = (l: string) =>
    process.stdout.write(
      l +
        ' ' +
        JSON.stringify({
          f: rec().fields['jobTitle'],
          s: rec().rows.map((r) => [r.seen['jobTitle'], r.inFlight['jobTitle']]),
          un: rec().rows.map((r) =>
            Object.entries(r.seen)
              .filter(([, v]) => v.unconfirmed)
              .map(([k]) => k),
          ),
          not: Object.entries(rec().fields).filter(([, f]) => !f.agreed).length,
          w: rec().waiting,
          o: rec().outbox.length,
        }) +
        '\n',
    );
  dump('linked');
  world.dynamics.edit('lead-1', { jobtitle: 'Director' });
  world.readDynamics('lead-1');
  dump('edited');
  world.carryOut();
  dump('carried');
  world.readMarketo('1001');
  dump('read');
  world.settle();
  dump('settled');
});
it('y', () => {
  const world = createWorld();
  world.dynamics.insert('lead', 'lead-1', { jobtitle: 'Engineer' });
  world.readDynamics('lead-1');
  world.settle();
  world.dynamics.edit('lead-1', { jobtitle: 'Director' });
  world.marketo.write('1001', { title: 'Architect' });
  world.readDynamics('lead-1');
  world.readMarketo('1001');
  world.settle();
  process.stdout.write(
    JSON.stringify(world.state.received) +
      '\n' +
      JSON.stringify(
        world.state.decisions.map((d) =>
          d.goldenEvent?.changed?.map((c) => [c.field, c.before, c.after, c.rule]),
        ),
      ) +
      '\n',
  );
});
