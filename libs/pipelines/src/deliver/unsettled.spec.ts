import { exampleId } from '../pipelineFixtures.ts';
import { createDeliverSetting, fail, revision, update } from './deliverSetting.ts';

describe('while Marketo may still commit an earlier revision', () => {
  const backfill = update('1', { city: 'Ulm' }, { revision: revision(1), lane: 'BACKFILL' });
  const edit = update('1', { city: 'Bonn' }, { revision: revision(2) });
  const unsettled = { result: 'UNKNOWN', code: 'MARKETO_OUTCOME_UNKNOWN', revision: revision(2) };

  // An edit overtakes a command of the backfill before that one's outcome is known.
  it('sends no later one, and has it settled by the same read', async () => {
    const { send, sent, marketo, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    marketo.hooks.afterUpsert = fail('MARKETO_OUTCOME_UNKNOWN');
    await send(backfill);
    const { retryAt } = lastOutcome() ?? {};

    await send(edit);

    expect(sent).toHaveLength(1);
    expect(lastOutcome()).toMatchObject({ ...unsettled, retryAt });
  });

  it('sends no later one after a dead process had stored it', async () => {
    const { send, sent, deliveries, clock, lastOutcome } = createDeliverSetting();
    await deliveries.save([{ goldenId: exampleId(1), revision: revision(1), outcome: null }]);

    await send(edit);

    expect(sent).toEqual([]);
    expect(lastOutcome()).toMatchObject(unsettled);
    expect(Date.parse(lastOutcome()?.retryAt ?? '')).toBeGreaterThanOrEqual(clock.now() + 95_000);
  });

  it('reads and writes again once it can no longer do so', async () => {
    const { send, marketo, clock, lastOutcome } = createDeliverSetting();
    marketo.seed([{}]);
    marketo.hooks.afterUpsert = fail('MARKETO_OUTCOME_UNKNOWN');
    await send(backfill);
    marketo.hooks.afterUpsert = () => undefined;
    clock.advance(96_000);

    await send(edit);

    expect(lastOutcome()).toMatchObject({ result: 'UPDATED', revision: revision(2) });
  });
});

describe('while another process may have taken over', () => {
  // A frozen process gets its answer when another one may have sent a later revision.
  it('stores no outcome that comes after the lease was lost', async () => {
    const { send, marketo, lease, deliveries } = createDeliverSetting();
    marketo.seed([{}]);
    marketo.hooks.afterUpsert = () => lease.lose();

    await expect(send(update('1', { city: 'Bonn' }))).rejects.toMatchObject({ code: 'LEASE_LOST' });

    expect((await deliveries.load([exampleId(1)])).get(exampleId(1))).toMatchObject({ outcome: null });
  });
});
