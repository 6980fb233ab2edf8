import { topics, type Notice, type UnfitValue, type WriteCommand } from '@lockstep/change-events';
import type { Batch } from '@lockstep/ports';
import { exampleClock, exampleCommand, exampleId } from '../pipelineFixtures.ts';
import { outcomeOf } from './deliveryOutcome.ts';
import { withUnfitNotices } from './unfitNotices.ts';

const place = { topic: topics.writes, partition: 0 };
const batchOf = (value: WriteCommand): Batch => ({
  ...place,
  messages: [{ ...place, offset: '0', key: value.goldenId, value, undecodable: null, headers: {} }],
});
const long = (field: string, fate: UnfitValue['fate'] = 'REJECTED'): UnfitValue => ({
  ...{ field, fate, code: '1077', detail: 'the value is longer than the field (255)' },
});

function setting(command: Partial<WriteCommand> = {}) {
  const clock = exampleClock();
  let unfit: readonly UnfitValue[] = [];
  const handler = withUnfitNotices(async () => {
    const outcomes = unfit.map((value) =>
      outcomeOf(exampleCommand(), { result: 'UPDATED', unfit: [value] }, 0),
    );

    return { messages: outcomes.map((value) => ({ topic: topics.outcomes, key: value.goldenId, value })) };
  }, clock);
  const deliver = async (...values: UnfitValue[]) => {
    unfit = values;
    const { messages } = await handler(batchOf(exampleCommand(command)));

    return messages.flatMap(({ topic, value }) => (topic === topics.notices ? [value as Notice] : []));
  };

  return { clock, deliver };
}

describe('notices of values that do not fit', () => {
  it('are one for each field of a batch, with counts and one record as an example', async () => {
    const { deliver } = setting();

    expect(await deliver(long('title'), long('city', 'TRUNCATED'), long('title', 'REPORTED'))).toMatchObject([
      {
        code: 'VALUES_UNFIT',
        severity: 'warning',
        entity: 'marketo/person/title',
        counts: { REJECTED: 1, TRUNCATED: 0, REPORTED: 1 },
        facts: { field: 'title', code: '1077', goldenId: exampleId(1) },
      },
      { entity: 'marketo/person/city', counts: { TRUNCATED: 1 } },
    ]);
  });

  it('name the record other than a person that the field is of', async () => {
    const { deliver } = setting({ entity: 'company', operation: 'UPSERT' });

    expect(await deliver(long('industry'))).toMatchObject([{ entity: 'marketo/company/industry' }]);
  });

  it('come at most every ten minutes for a field, and count what came meanwhile', async () => {
    const { clock, deliver } = setting();
    await deliver(long('title'));
    clock.advance(599_000);
    expect(await deliver(long('title'), long('title'))).toEqual([]);
    clock.advance(1_000);

    expect(await deliver(long('title'))).toMatchObject([{ counts: { REJECTED: 3 } }]);
    expect(await deliver()).toEqual([]);
  });
});
