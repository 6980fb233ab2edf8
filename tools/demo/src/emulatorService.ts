import { createServer } from 'node:http';
import { startDataverseEmulator } from '@lockstep/dataverse-emulator';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { planPeople } from './planPeople.ts';
import { seedDynamics, seedMarketo } from './seedPeople.ts';
import { toLines, toSettings, type Systems } from './systems.ts';
import { untilStopped } from './untilStopped.ts';

/**
 * One emulator with the demo's people, for a container: EMULATOR is `dataverse` or `marketo`; EMULATOR_PORT,
 * EMULATOR_TOKEN_PORT, EMULATOR_PUBLIC_HOST, EMULATOR_CA_DIRECTORY, EMULATOR_TENANT_ID, EMULATOR_CLIENT_ID and
 * EMULATOR_CLIENT_SECRET fix its identity; DEMO_SIZE and DEMO_SEED choose the people. EMULATOR_HEALTH_PORT
 * answers 200 once everybody is in.
 */
const { env } = process;

function numberFrom(name: string, fallback: number): number {
  const value = Number(env[name] ?? fallback);
  if (Number.isInteger(value) && value >= 0) return value;
  process.stderr.write(`${name} must be a whole number\n`);
  process.exit(2);
}

const identity = {
  port: numberFrom('EMULATOR_PORT', 0),
  host: '0.0.0.0',
  publicHost: env['EMULATOR_PUBLIC_HOST'] ?? '127.0.0.1',
  control: true,
  ...(env['EMULATOR_CLIENT_ID'] && { clientId: env['EMULATOR_CLIENT_ID'] }),
  ...(env['EMULATOR_CLIENT_SECRET'] && { clientSecret: env['EMULATOR_CLIENT_SECRET'] }),
};

async function startOne(): Promise<Partial<Systems> & { close(): Promise<void> }> {
  if (env['EMULATOR'] === 'marketo') {
    const marketo = await startMarketoEmulator(identity);
    return { marketo, close: () => marketo.close() };
  }
  const dataverse = await startDataverseEmulator({
    ...identity,
    tokenPort: numberFrom('EMULATOR_TOKEN_PORT', 0),
    ...(env['EMULATOR_TENANT_ID'] && { tenantId: env['EMULATOR_TENANT_ID'] }),
    ...(env['EMULATOR_CA_DIRECTORY'] && { caDirectory: env['EMULATOR_CA_DIRECTORY'] }),
  });
  return { dataverse, close: () => dataverse.close() };
}

const emulator = await startOne();
const { people } = await planPeople(
  { size: numberFrom('DEMO_SIZE', 2_000), seed: numberFrom('DEMO_SEED', 1) },
  () => undefined,
);
if (emulator.dataverse) await seedDynamics(`http://127.0.0.1:${portOf(emulator.dataverse)}`, people);
if (emulator.marketo) await seedMarketo(`http://127.0.0.1:${portOf(emulator.marketo)}`, people);
const health = createServer((_, answer) => answer.end('ready'));
health.listen(numberFrom('EMULATOR_HEALTH_PORT', 8_080), '0.0.0.0');
process.stdout.write(toLines(toSettings(emulator)));
await untilStopped();
await emulator.close();
process.exit(0);

/** The public name may not resolve in here. */
function portOf({ url }: { readonly url: string }): string {
  return new URL(url).port;
}
