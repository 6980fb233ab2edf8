import { createMetrics } from '@lockstep/service-runtime';
import { feedHintRoute } from './feedHintRoute.ts';

function exampleRoute() {
  const metrics = createMetrics('marketing');
  let rings = 0;
  const route = feedHintRoute({ key: 'sesame', ring: () => (rings += 1) === 1, metrics });
  const results = async () =>
    Object.fromEntries((await metrics.hints.get()).values.map(({ labels, value }) => [labels.result, value]));

  return { route, results };
}

const head = (key: string) => ({ headers: { 'x-lockstep-key': key }, query: {} });

describe('feedHintRoute', () => {
  it('wakes the reader of the feed, and counts what a repetition adds', async () => {
    const { route, results } = exampleRoute();
    const statuses = [1, 2].map(() => route.answer(head('sesame'), Buffer.from('{"id": 7}')));

    expect(statuses).toEqual([202, 202]);
    expect(await results()).toEqual({ woken: 1, coalesced: 1 });
  });

  it('admits who knows the key, and counts the others', async () => {
    const { route, results } = exampleRoute();

    expect([route.admits(head('sesame')), route.admits(head('open'))]).toEqual([true, false]);
    expect(await results()).toEqual({ refused: 1 });
  });
});
