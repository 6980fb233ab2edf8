import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableDefinitions, type MessageCodec, type TableDefinition } from '@lockstep/change-events';
import { inMemoryDynamics, type InMemoryDynamics } from '@lockstep/ports';
import { openRules, type Rules } from '@lockstep/rules';
import { createLogger } from '@lockstep/service-runtime';
import { entityTables } from './customEntities.ts';
import { writtenDefinitions, rulesInForce, untilDescribed, type RulesParts } from './followRules.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lockstep-follow-'));
});
afterAll(() => rm(folder, { recursive: true }));

const text = 'persons: { fields: { colour: { lead: new_colour, contact: new_colour, marketo: colour } } }';
const visit = {
  ...{ table: 'new_visit', entitySet: 'new_visits', primaryKey: 'new_visitid' },
  fields: [{ name: 'new_name', type: 'string' as const }],
};
const lead = tableDefinitions['lead'] as TableDefinition;

/** Dynamics has the column on leads, of the given type, and no such column on contacts. */
async function partsWith(
  type: 'string' | 'integer',
  also = '',
): Promise<{ parts: RulesParts & { dynamics: InMemoryDynamics }; defined: string[] }> {
  const file = join(folder, 'lockstep.yaml');
  await writeFile(file, `${text}\n${also}`);
  const dynamics = inMemoryDynamics({ tables: { ...tableDefinitions, new_visit: visit } });
  const fields = [...lead.fields, { name: 'new_colour', type }];
  dynamics.setColumns('lead', { definition: { ...lead, fields }, hidden: [] });
  const defined: string[] = [];
  const codec: Pick<MessageCodec, 'define'> = { define: async (topic) => void defined.push(topic) };
  const log = createLogger({ level: 'error', service: 'spec' });
  const definitions = writtenDefinitions();
  const rules = await openRules(file);

  return { parts: { rules, dynamics, codec, definitions, tables: ['new_visit'], log }, defined };
}

const columnsOf = ({ mapping }: Rules) => mapping.find(({ field }) => field === 'colour')?.columns;

describe('rules with a new column', () => {
  it('are in force once Dynamics has described it, and its topic knows it', async () => {
    const { parts, defined } = await partsWith('string');
    expect(columnsOf(rulesInForce(parts))).toBeUndefined();

    await untilDescribed(parts, new AbortController().signal);

    expect(columnsOf(rulesInForce(parts))).toEqual({ lead: 'new_colour' });
    expect(defined).toEqual(['dynamics.lead.changes']);
  });

  it('leave it alone where it is of another type', async () => {
    const { parts, defined } = await partsWith('integer');

    await untilDescribed(parts, new AbortController().signal);

    expect(columnsOf(rulesInForce(parts))).toBeUndefined();
    expect(defined).toEqual([]);
  });
});

describe('a new column of an account', () => {
  it('is in force once Dynamics has described it; one of another type is left alone and named', async () => {
    const rule =
      'entities: { account: { fields: { tier: { column: new_tier }, size: { column: new_size }, sicCode: off } } }';
    const { parts } = await partsWith('string', rule);
    const warned: unknown[] = [];
    const account = tableDefinitions['account'] as TableDefinition;
    const fields = [
      ...account.fields,
      { name: 'new_tier', type: 'string' as const },
      { name: 'new_size', type: 'integer' as const },
    ];
    parts.dynamics.setColumns('account', { definition: { ...account, fields }, hidden: [] });
    const accountFields = () => rulesInForce(parts).entityMappings?.['account']?.map(({ field }) => field);
    expect(accountFields()).toEqual(expect.not.arrayContaining(['tier', 'size', 'sicCode']));

    const log = { ...parts.log, warn: (about: unknown) => void warned.push(about) };
    await untilDescribed({ ...parts, log }, new AbortController().signal);

    expect(accountFields()).toEqual(expect.arrayContaining(['company', 'industry', 'tier']));
    expect(accountFields()).toEqual(expect.not.arrayContaining(['size', 'sicCode']));
    expect(warned).toContainEqual({ table: 'account', columns: ['new_size'] });
  });
});

describe('a custom entity', () => {
  const rule = 'customEntities: { new_visit: { person: new_contactid } }';

  it('is in force once Dynamics has described its table, and its golden topic has a schema', async () => {
    const { parts, defined } = await partsWith('integer', rule);
    expect(rulesInForce(parts).customs).toEqual([]);

    await untilDescribed(parts, new AbortController().signal);

    expect(rulesInForce(parts).customs[0]?.type).toMatchObject({
      ...{ entity: 'new_visit', marketo: 'custom:new_visit', key: 'crmId' },
      mapping: [{ marketo: 'leadId', columns: { new_visit: 'new_contactid' } }, { marketo: 'new_name' }],
    });
    expect(defined).toEqual(['golden.new_visit.changes']);
    expect(entityTables(['lead', 'account', 'campaign', 'new_visit'], rulesInForce(parts))).toEqual([
      'account',
      'new_visit',
    ]);
  });
});
