import { createDrainWatch, type DrainLook } from './drain.ts';

const look = (records: number, seconds: number, changes: Partial<DrainLook> = {}): DrainLook => ({
  ...{ system: 'marketo', records, isWithheld: false, flowingSinceMs: null, nowMs: seconds * 1_000 },
  ...changes,
});

describe('what was withheld and flows again', () => {
  it('tells rate and time left from the last look before it began, since it began', () => {
    const watch = createDrainWatch();
    watch(look(900, 0, { isWithheld: true }));
    watch(look(1_000, 50, { isWithheld: true }));

    expect(watch(look(400, 72, { flowingSinceMs: 60_000 }))).toEqual({
      ...{ records: 400, recordsTotal: 1_000, recordsPerSecond: 50, secondsLeft: 8 },
    });
  });

  it('tells no rate at the first look of a process that was started since, and one at the next', () => {
    const watch = createDrainWatch();
    expect(watch(look(400, 100))).toMatchObject({ records: 400, recordsPerSecond: null, secondsLeft: null });

    expect(watch(look(300, 110))).toMatchObject({ recordsTotal: 400, recordsPerSecond: 10, secondsLeft: 30 });
  });

  it('begins anew when all is done, and when more is there than before', () => {
    const watch = createDrainWatch();
    watch(look(10, 0));
    expect(watch(look(0, 1))).toMatchObject({ records: 0, recordsTotal: null });
    watch(look(70, 2));

    expect(watch(look(60, 3))).toMatchObject({ recordsTotal: 70, recordsPerSecond: 10 });
  });

  it('keeps the systems apart, and foresees nothing while writes are withheld', () => {
    const watch = createDrainWatch();
    watch(look(10, 0));
    watch(look(500, 0, { system: 'dynamics', isWithheld: true }));

    expect(watch(look(5, 1))).toMatchObject({ recordsTotal: 10, secondsLeft: 1 });
    expect(watch(look(400, 1, { system: 'dynamics', isWithheld: true }))).toMatchObject({
      recordsTotal: null,
    });
  });
});
