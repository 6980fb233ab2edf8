import { startEmulators } from './startEmulators.ts';
import { toLines, toSettings } from './systems.ts';
import { untilStopped } from './untilStopped.ts';

const emulators = await startEmulators();
process.stdout.write(toLines(toSettings(emulators)));
await untilStopped();
await emulators.close();
process.exit(0);
