import { startMarketoEmulator } from './startMarketoEmulator.ts';

const { env } = process;
const publicHost = env['MARKETO_EMULATOR_PUBLIC_HOST'];
const clientId = env['MARKETO_EMULATOR_CLIENT_ID'];
const clientSecret = env['MARKETO_EMULATOR_CLIENT_SECRET'];

const emulator = await startMarketoEmulator({
  port: Number(env['MARKETO_EMULATOR_PORT'] ?? 0),
  host: publicHost === undefined ? '127.0.0.1' : '0.0.0.0',
  control: env['MARKETO_EMULATOR_CONTROL'] === 'true',
  ...(publicHost === undefined ? {} : { publicHost }),
  ...(clientId === undefined ? {} : { clientId }),
  ...(clientSecret === undefined ? {} : { clientSecret }),
});

process.stdout.write(
  [
    `MARKETO_URL=${emulator.url}`,
    `MARKETO_CLIENT_ID=${emulator.clientId}`,
    `MARKETO_CLIENT_SECRET=${emulator.clientSecret}`,
    '',
  ].join('\n'),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void emulator.close());
}
