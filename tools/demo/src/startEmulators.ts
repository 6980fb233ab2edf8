import { startDataverseEmulator } from '@lockstep/dataverse-emulator';
import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import type { Systems } from './systems.ts';

/** Both emulators in this process, control APIs open. `close` may be called more than once. */
export type Emulators = Systems & { close(): Promise<void> };

export async function startEmulators(): Promise<Emulators> {
  const dataverse = await startDataverseEmulator({ control: true });
  try {
    const marketo = await startMarketoEmulator({ control: true });
    let closing: Promise<unknown> | undefined;
    return {
      dataverse,
      marketo,
      async close() {
        closing ??= Promise.all([dataverse.close(), marketo.close()]);
        await closing;
      },
    };
  } catch (error) {
    await dataverse.close();
    throw error;
  }
}
