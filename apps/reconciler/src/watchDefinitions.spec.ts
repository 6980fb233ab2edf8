import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import { inMemoryDynamics, virtualClock } from '@lockstep/ports';
import { watchDefinitions } from './watchDefinitions.ts';

const lead = tableDefinitions['lead'] as TableDefinition;

/** Runs the watch once. */
async function watchOnce(dynamics: ReturnType<typeof inMemoryDynamics>, also: readonly string[] = []) {
  const definitions: Record<string, TableDefinition> = { lead };
  const failures: unknown[] = [];
  const lacking: string[] = [];
  const stop = new AbortController();
  const clock = { ...virtualClock(0), sleep: () => Promise.resolve(stop.abort()) };
  const options = {
    catalog: dynamics,
    wanted: { lead },
    ofAnyType: { lead: also },
    onLacking: (_: string, columns: readonly string[]) => lacking.push(...columns),
    clock,
    onFailure: (error: unknown) => failures.push(error),
  };
  await watchDefinitions(definitions, options, stop.signal);
  return { names: definitions['lead']?.fields.map(({ name }) => name) ?? [], failures, lacking };
}

describe('what the writer asks back', () => {
  it('is the columns of the mapping while Dynamics has them all', async () => {
    const { names } = await watchOnce(inMemoryDynamics());

    expect(names).toEqual(lead.fields.map(({ name }) => name));
  });

  it('leaves out a column that is gone, one that is hidden and one of another type', async () => {
    const dynamics = inMemoryDynamics();
    const fields = lead.fields
      .filter(({ name }) => name !== 'fax')
      .map((field) => (field.name === 'mkt_priority' ? { ...field, type: 'string' as const } : field));
    dynamics.setColumns('lead', { definition: { ...lead, fields }, hidden: ['jobtitle'] });

    const { names } = await watchOnce(dynamics);

    const left = lead.fields.map(({ name }) => name).filter((name) => !names.includes(name));
    expect(left.sort()).toEqual(['fax', 'jobtitle', 'mkt_priority']);
  });

  it('has what a filter reads, of whatever type, and tells what Dynamics lacks of it', async () => {
    const dynamics = inMemoryDynamics();
    const fields = [...lead.fields, { name: 'new_region', type: 'option' as const }];
    dynamics.setColumns('lead', { definition: { ...lead, fields } });

    const { names, lacking } = await watchOnce(dynamics, ['new_region', 'jobtitle', 'new_gone']);

    expect(names).toEqual([...lead.fields.map(({ name }) => name), 'new_region']);
    expect(lacking).toEqual(['new_gone']);
  });

  it('stays as it is, and is reported, when the description cannot be had', async () => {
    const dynamics = inMemoryDynamics();
    dynamics.hooks.beforeCall = () => {
      throw new Error('no answer');
    };

    const { names, failures } = await watchOnce(dynamics);

    expect(names).toHaveLength(lead.fields.length);
    expect(failures).toHaveLength(1);
  });
});
