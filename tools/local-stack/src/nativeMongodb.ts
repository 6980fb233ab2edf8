import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NativeService } from './nativeService.ts';
import { probeMongodb } from './readiness.ts';

/** SecantusDB in MongoDB's place, from the virtual environment in `installFolder`. */
export const nativeMongodb = (installFolder: string): NativeService => ({
  name: 'mongodb',
  portCount: 1,
  async prepare(folder, [port]) {
    // An empty configuration file keeps it from picking up one in the user's home folder.
    const configuration = join(folder, 'secantusd.toml');
    await writeFile(configuration, '');
    const address = `mongodb://127.0.0.1:${port}/?directConnection=true`;
    return {
      command: join(installFolder, 'venv', 'bin', 'python'),
      // The scripts of a virtual environment hold the path under which it was made; the module does not.
      args: [
        ...['-c', 'from secantus.cli import main; main()', '--config', configuration, '--host', '127.0.0.1'],
        ...['--port', `${port}`, '--storage-path', join(folder, 'data'), '--log-level', 'WARNING'],
      ],
      address,
      probe: () => probeMongodb(address),
    };
  },
});
