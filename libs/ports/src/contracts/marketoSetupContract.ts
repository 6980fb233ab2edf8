import {
  setupProbes,
  type CustomType,
  type MarketoField,
  type MarketoSetup,
  type SetupProbe,
} from '../marketoSetup.ts';

/** What an API user may be forbidden. */
export type SetupRight = SetupProbe | 'READ_PERSONS' | 'CREATE_FIELDS' | 'CREATE_TYPES';

/** A custom object type of texts; the first is its key. */
const typeOf = (...names: readonly string[]): CustomType => ({
  apiName: 'car',
  fields: names.map((name, at) => ({ name, type: 'string', isKey: at === 0 })),
});

/** An instance as Lockstep needs it, and what its administrator does to it. */
export type MarketoSetupHarness = {
  readonly setup: MarketoSetup;
  forbid(what: SetupRight): Promise<void>;
  switchNativeSyncOn(): Promise<void>;
  addTextField(name: string, lengthMax: number): Promise<void>;
  /** Begins to change an approved custom object type, and leaves it as a draft. */
  draftTextField(apiName: string, name: string): Promise<void>;
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

  const namesOf = async (): Promise<readonly string[] | undefined> =>
    (await harness.setup.describeType('car'))?.fields.map(({ name }) => name);

  it('makes fields of persons', async () => {
    await harness.setup.createPersonFields([{ name: 'crmParrot', type: 'string' }]);

    expect(await harness.setup.describePersons()).toContainEqual({
      ...{ name: 'crmParrot', type: 'string', lengthMax: 255, isWritable: true },
    });
  });

  it('makes a custom object type with its key, and later the fields that it lacks', async () => {
    expect(await harness.setup.describeType('car')).toBeNull();

    expect(await harness.setup.prepareType(typeOf('vin', 'colour'))).toBe('PREPARED');
    expect(await harness.setup.describeType('car')).toMatchObject({ keyFields: ['vin'] });
    expect(await namesOf()).toEqual(expect.arrayContaining(['vin', 'colour']));
    expect(await harness.setup.prepareType(typeOf('vin', 'colour', 'maker'))).toBe('PREPARED');

    expect(await namesOf()).toEqual(expect.arrayContaining(['vin', 'colour', 'maker']));
  });

  it('publishes no change of a custom object type that somebody has begun', async () => {
    await harness.setup.prepareType(typeOf('vin'));
    await harness.draftTextField('car', 'wheels');

    expect(await harness.setup.prepareType(typeOf('vin', 'colour'))).toBe('DRAFT_OF_OTHERS');

    expect(await namesOf()).toEqual(expect.not.arrayContaining(['wheels']));
    expect(await namesOf()).toEqual(expect.not.arrayContaining(['colour']));
  });

  it('says that making fields, or types, is forbidden', async () => {
    const forbidden = { code: 'MARKETO_FORBIDDEN' };
    await harness.forbid('CREATE_FIELDS');
    await harness.forbid('CREATE_TYPES');
    const { setup } = harness;

    await expect(setup.createPersonFields([{ name: 'crmParrot', type: 'string' }])).rejects.toMatchObject(
      forbidden,
    );
    await expect(setup.prepareType(typeOf('vin'))).rejects.toMatchObject(forbidden);
  });

  it('knows how far Marketo’s clock is ahead once Marketo has answered', async () => {
    await harness.advanceClock(90_000);
    expect(harness.setup.clockLeadMs()).toBeNull();

    await harness.setup.probe('READ_ACTIVITIES');

    expect(harness.setup.clockLeadMs()).toBeGreaterThanOrEqual(88_000);
    expect(harness.setup.clockLeadMs()).toBeLessThanOrEqual(92_000);
  });
}
