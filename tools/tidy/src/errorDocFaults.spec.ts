import { errorDocFaults } from './errorDocFaults.ts';

const table = {
  TOPIC_MISSING: { fate: 'STOP', sentence: 'A topic does not exist.' },
  MARKETO_BUSY: { fate: 'RETRY', sentence: 'Marketo asks to slow down.' },
};
const header = '| code | fate | what it means |\n| --- | --- | --- |\n';
const missing = '| `TOPIC_MISSING` | stop | A topic does not exist. |\n';
const busy = '| `MARKETO_BUSY` | RETRY | Marketo asks to slow down. |\n';

describe('errorDocFaults', () => {
  it('is content when each code has its row', () => {
    expect(errorDocFaults(table, header + missing + busy)).toEqual([]);
  });

  it('shows the row of a code that is not documented', () => {
    expect(errorDocFaults(table, header + missing)).toEqual([
      'docs/errors.md needs the row: | `MARKETO_BUSY` | RETRY | Marketo asks to slow down. |',
    ]);
  });

  it('complains about a row with another fate or sentence', () => {
    const wrong = missing.replace('stop', 'retry') + busy.replace('slow down', 'stop');

    expect(errorDocFaults(table, header + wrong)).toHaveLength(2);
  });

  it('complains about a documented code that does not exist', () => {
    const faults = errorDocFaults(table, `${header}${missing}${busy}| \`GONE\` | STOP | x |`);

    expect(faults).toEqual(['docs/errors.md names GONE, which the error table does not have.']);
  });
});
