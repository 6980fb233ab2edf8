import type { MarketoField } from '@lockstep/ports';
import { unreadableFields } from './fieldFaults.ts';

const described = (type: MarketoField['type']): readonly MarketoField[] => [
  { name: 'renewal', type, lengthMax: null, isWritable: true },
];

describe('a day', () => {
  it.each([
    ['date', true],
    ['timestamp', false],
    ['string', false],
  ] as const)('is read from a field of Marketo of the type %s: %s', (type, isRead) => {
    const unreadable = unreadableFields(described(type), [{ name: 'renewal', type: 'date' }]);

    expect(unreadable.has('renewal')).toBe(!isRead);
  });
});
