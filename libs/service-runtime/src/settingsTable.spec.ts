import { settingsTable } from './settingsTable.ts';

describe('settingsTable', () => {
  it('shows name, meaning, default and secrecy of each setting', () => {
    const table = settingsTable([
      { name: 'A_URL', description: 'Where A is.', kind: 'url', required: true },
      { name: 'A_SECRET', description: 'What A wants.', kind: 'string', secret: true },
      { name: 'A_MS', description: 'How long.', kind: 'integer', default: '5' },
    ]);

    expect(table.split('\n').slice(2)).toEqual([
      '| `A_URL` | Where A is. | required | no |',
      '| `A_SECRET` | What A wants. | none | yes |',
      '| `A_MS` | How long. | `5` | no |',
    ]);
  });
});
