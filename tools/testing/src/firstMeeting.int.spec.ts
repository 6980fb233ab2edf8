import { meetFirst } from './firstMeeting.ts';

const timeoutMs = 240_000;

it(
  'of two sides goes as it was rehearsed, number for number',
  async () => {
    const { numbers } = await meetFirst({ people: 300, common: 180, sameEmail: 15 }, timeoutMs);

    expect(numbers.filter(({ forecast, actual }) => forecast !== actual)).toEqual([]);
    const foretold = Object.fromEntries(numbers.map(({ what, forecast }) => [what, forecast]));
    expect(foretold).toMatchObject({ linked: 285, ambiguous: 15, 'marketo creates person': 105 });
    expect(foretold).toHaveProperty(['marketo fields person.title']);
    expect(foretold).toHaveProperty(['dynamics fields lead.address1_city']);
  },
  2 * timeoutMs,
);
