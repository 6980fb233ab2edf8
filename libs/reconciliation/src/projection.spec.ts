import type { MappingRow } from './mapping.ts';
import { project, read } from './projection.ts';

const row: MappingRow = {
  ...{ field: 'interests', type: 'options', direction: 'to-marketo', marketo: 'crmInterests' },
  columns: { contact: 'new_interests' },
};
const inMarketo = (value: Parameters<typeof read>[2]) =>
  project('marketo', row, read('dynamics', row, value).golden);

describe('several options of a column', () => {
  it('arrive in Marketo as their labels, in the order of their numbers', () => {
    const chosen = [
      { value: 30, label: 'Sailing' },
      { value: 4, label: 'Chess' },
      { value: 7, label: null },
    ];

    expect(inMarketo(chosen)).toBe('Chess;7;Sailing');
    expect(read('dynamics', row, [...chosen].reverse())).toEqual(read('dynamics', row, chosen));
  });

  it.each([[[]], [null]])('are nothing when nothing is chosen: %j', (value) => {
    expect(inMarketo(value)).toBeNull();
  });
});
