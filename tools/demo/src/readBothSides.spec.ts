import { expectFirstLoad } from './expectations.ts';
import { generatePeople } from './generatePeople.ts';
import { readDynamics } from './dataverseReader.ts';
import { readMarketo } from './marketoReader.ts';
import { seedDynamics, seedMarketo } from './seedPeople.ts';
import { startEmulators } from './startEmulators.ts';
import { judge } from './verdict.ts';

describe('reading both sides through their public APIs', () => {
  it('finds everybody that was seeded, across pages, and everybody unlinked', async () => {
    const people = generatePeople({ size: 700, seed: 3 });
    const emulators = await startEmulators();
    try {
      await seedDynamics(emulators.dataverse.url, people);
      await seedMarketo(emulators.marketo.url, people);
      const dynamics = await readDynamics(emulators.dataverse);
      const marketo = await readMarketo(emulators.marketo);
      expect(dynamics.lead.size + dynamics.contact.size).toBe(700);
      expect(marketo.size).toBe(
        people.marketoOnly.length + people.persons.filter((one) => one.inMarketo).length,
      );
      const unlinked = people.persons.map((person) => ({
        ...expectFirstLoad(person),
        fate: 'away' as const,
      }));
      const untouched = unlinked.filter(({ id }) =>
        people.persons.some((one) => one.id === id && !one.inMarketo),
      );
      const verdict = judge({
        dynamics,
        marketo,
        expected: untouched,
        marketoOnly: people.marketoOnly,
        steps: [],
        linkedPairsMin: 0,
      });
      expect(verdict.differences).toBe(0);
    } finally {
      await emulators.close();
    }
  });
});
