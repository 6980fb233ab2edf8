import closeWithGrace from 'close-with-grace';
import { startDataverseEmulator, type DataverseEmulatorOptions } from './startDataverseEmulator.ts';

const closeDelayMs = 5000;

function port(name: string): number {
  const value = process.env[name] ?? '0';
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  process.stderr.write(`${name} must be a port number\n`);
  process.exit(2);
}

function present(entries: Readonly<Record<string, string | undefined>>): DataverseEmulatorOptions {
  return Object.fromEntries(
    Object.entries(entries).filter(([, value]) => value !== undefined && value !== ''),
  );
}

const emulator = await startDataverseEmulator({
  port: port('DATAVERSE_EMULATOR_PORT'),
  tokenPort: port('DATAVERSE_EMULATOR_TOKEN_PORT'),
  control: process.env['DATAVERSE_EMULATOR_CONTROL'] === 'true',
  https: process.env['DATAVERSE_EMULATOR_HTTPS'] === 'true',
  ...present({
    host: process.env['DATAVERSE_EMULATOR_HOST'],
    publicHost: process.env['DATAVERSE_EMULATOR_PUBLIC_HOST'],
    caDirectory: process.env['DATAVERSE_EMULATOR_CA_DIRECTORY'],
    tenantId: process.env['DATAVERSE_EMULATOR_TENANT_ID'],
    clientId: process.env['DATAVERSE_EMULATOR_CLIENT_ID'],
    clientSecret: process.env['DATAVERSE_EMULATOR_CLIENT_SECRET'],
  }),
});

process.stdout.write(
  [
    `DATAVERSE_URL=${emulator.url}`,
    `DATAVERSE_TENANT_ID=${emulator.tenantId}`,
    `DATAVERSE_TOKEN_AUTHORITY=${emulator.tokenAuthority}`,
    `DATAVERSE_CA_FILE=${emulator.caFile}`,
    `DATAVERSE_CLIENT_ID=${emulator.clientId}`,
    `DATAVERSE_CLIENT_SECRET=${emulator.clientSecret}`,
    '',
  ].join('\n'),
);

closeWithGrace({ delay: closeDelayMs }, () => emulator.close());
