import { createMarketo } from '@lockstep/marketo';
import { lengthFindings, unwritableColumns, writingNeeds } from '@lockstep/pipelines';
import type { MarketoField, TableRights, WritingRights } from '@lockstep/ports';
import { entityMappingsFor, type MappingRow } from '@lockstep/reconciliation';
import { marketoFields, type Rules } from '@lockstep/rules';
import { parseSettings, systemClock, type Check, type Environment } from '@lockstep/service-runtime';
import type { Config } from './config.ts';
import { writtenDefinitions } from './followRules.ts';
import { openDynamics } from './openDynamics.ts';

const timeoutMs = 120_000;
const clockLeadMaxMs = 60_000;

/** Without them lengths are not compared. */
const marketoSettings = [
  { name: 'MARKETO_URL', description: 'Address of the Marketo instance.', kind: 'url' },
  { name: 'MARKETO_CLIENT_ID', description: 'Client id of the LaunchPoint service.', kind: 'string' },
  { name: 'MARKETO_CLIENT_SECRET', description: 'Its secret.', kind: 'string', secret: true },
] as const;

/** What the files of the settings say. */
export type ReadFiles = { readonly rules: Rules; readonly tables: readonly string[] };

/** Privileges, columns, clock and lengths of what is written to Dynamics (F-52, G-33). */
export const writingCheck = (config: Config, files: ReadFiles, env: Environment): Check => ({
  name: 'dynamics',
  ask: async () => {
    const { rules } = files;
    const dynamics = await openDynamics(config, writtenDefinitions());
    try {
      const rights = await dynamics.rights(writingNeeds(rules), AbortSignal.timeout(timeoutMs));
      const faults = [...rightsFaults(files, rights), ...clockFaults(rights)];
      const notes = await lengthNotes(rules, rights, env);
      const well = `ok: ${[...rights.tables.keys()].join(', ')} may be written`;

      return { isWell: faults.length === 0, sentences: [...(faults.length > 0 ? faults : [well]), ...notes] };
    } finally {
      await dynamics.close();
    }
  },
});

function rightsFaults({ rules, tables }: ReadFiles, rights: WritingRights): readonly string[] {
  const { account = [] } = entityMappingsFor(tables, rules);

  return [...rights.tables].flatMap(([table, own]) =>
    tableFaults(table, own, table === 'account' ? account : rules.mapping),
  );
}

function tableFaults(table: string, rights: TableRights, mapping: readonly MappingRow[]): readonly string[] {
  const columns = unwritableColumns(mapping, table, rights);

  return [
    ...rights.lacks.map((name) => `DYNAMICS_FORBIDDEN ${table}: ${name} is missing`),
    ...rights.partial.map((name) => `DYNAMICS_FORBIDDEN ${table}: ${name} is not at organisation level`),
    ...(columns.length > 0 ? [`COLUMN_STOPPED ${table}: missing or read-only: ${columns.join(', ')}`] : []),
  ];
}

function clockFaults({ clockLeadMs }: WritingRights): readonly string[] {
  const leadMs = clockLeadMs ?? 0;
  const found = `Dynamics ${leadMs < 0 ? 'behind' : 'ahead'} by ${Math.round(Math.abs(leadMs) / 1000)} s`;

  return Math.abs(leadMs) <= clockLeadMaxMs ? [] : [`CLOCK_SKEWED ${found}`];
}

/** No faults: a value that does not fit is told when it comes. */
async function lengthNotes(rules: Rules, { tables }: WritingRights, env: Environment): Promise<string[]> {
  const fields = await describedFields(rules, env);
  if (fields === null) return ['lengths are not compared: the settings MARKETO_... are not here'];

  return lengthFindings(rules.mapping, tables, fields).map(
    ({ column, columnMax, field, fieldMax }) =>
      `note: ${column} holds ${columnMax} characters, ${field} in Marketo ${fieldMax}`,
  );
}

async function describedFields(
  rules: Rules,
  env: Environment,
): Promise<ReadonlyMap<string, MarketoField> | null> {
  const {
    marketoUrl: url,
    marketoClientId: clientId,
    marketoClientSecret: clientSecret,
  } = parseSettings(marketoSettings, env);
  if (url === undefined || clientId === undefined || clientSecret === undefined) return null;
  const access = { url, clientId, clientSecret };
  const marketo = createMarketo({ ...access, fields: marketoFields(rules), clock: systemClock });
  try {
    return new Map((await marketo.setup.describePersons()).map((field) => [field.name, field]));
  } finally {
    await marketo.close();
  }
}
