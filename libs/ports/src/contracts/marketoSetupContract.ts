import { setupProbes, type MarketoSetup, type MarketoField, type SetupProbe } from '../marketoSetup.ts';

/** An instance as Lockstep needs it, and what its administrator does to it. */
export type MarketoSetupHarness = {
  readonly setup: MarketoSetup;
  forbid(what: SetupProbe | 'READ_PERSONS'): Promise<void>;
  switchNativeSyncOn(): Promise<void>;
  addTextField(name: string, lengthMax: number): Promise<void>;
  advanceClock(durationMs: number): Promise<void>;
  close(): Promise<void>;
};

/** What every MarketoSetup must do (marketo-rest 1, 2.3, 4). */
export function marketoSetupContract(start: () => Promise<MarketoSetupHarness>): void {
  let harness: MarketoSetupHarness;
  beforeEach(async () => {
    harness = await start();
  });
  afterEach(() => harness.close());

  it('describes fields with type, length, and whether they may be written', async () => {
    await harness.addTextField('crmParrot', 20);

    const fields = await harness.setup.describePersons();

    const expected: MarketoField[] = [
      { name: 'firstName', type: 'string', lengthMax: 255, isWritable: true },
      { name: 'email', type: 'email', lengthMax: 255, isWritable: true },
      { name: 'address', type: 'text', lengthMax: 30_000, isWritable: true },
      { name: 'unsubscribed', type: 'boolean', lengthMax: null, isWritable: true },
      { name: 'leadScore', type: 'integer', lengthMax: null, isWritable: true },
      { name: 'annualRevenue', type: 'number', lengthMax: null, isWritable: true },
      { name: 'createdAt', type: 'timestamp', lengthMax: null, isWritable: false },
      { name: 'crmParrot', type: 'string', lengthMax: 20, isWritable: true },
    ];
    expect(fields).toEqual(expect.arrayContaining(expected));
  });

  it.each(setupProbes)('finds nothing wrong with %s when all is well', async (probe) => {
    await expect(harness.setup.probe(probe)).resolves.toBeUndefined();
  });

  it.each(setupProbes)('says that %s is forbidden', async (probe) => {
    await harness.forbid(probe);

    await expect(harness.setup.probe(probe)).rejects.toMatchObject({ code: 'MARKETO_FORBIDDEN' });
  });

  it('says that reading persons is forbidden', async () => {
    await harness.forbid('READ_PERSONS');

    await expect(harness.setup.describePersons()).rejects.toMatchObject({ code: 'MARKETO_FORBIDDEN' });
  });

  it('says that the native sync is on', async () => {
    await harness.switchNativeSyncOn();

    await expect(harness.setup.probe('NATIVE_SYNC_OFF')).rejects.toMatchObject({
      code: 'MARKETO_NATIVE_SYNC',
    });
    await expect(harness.setup.probe('WRITE_PERSONS')).resolves.toBeUndefined();
  });

  it('knows how far Marketo’s clock is ahead once Marketo has answered', async () => {
    await harness.advanceClock(90_000);
    expect(harness.setup.clockLeadMs()).toBeNull();

    await harness.setup.probe('READ_ACTIVITIES');

    expect(harness.setup.clockLeadMs()).toBeGreaterThanOrEqual(88_000);
    expect(harness.setup.clockLeadMs()).toBeLessThanOrEqual(92_000);
  });
}
