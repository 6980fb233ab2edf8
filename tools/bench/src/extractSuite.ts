import { tableDefinitions, type TableDefinition } from '@lockstep/change-events';
import type { Child } from './childProcess.ts';
import { measureMemory } from './extractMemory.ts';
import { ask, openExtractStage, pageSize, type ExtractStage } from './extractStage.ts';
import type { ExtractTask } from './extractWorker.ts';
import { firstAddress } from './leadPages.ts';
import { median, type Measurement, type Rounds } from './measure.ts';

export type ExtractSuiteOptions = Rounds & {
  readonly rows?: number;
  readonly ceilingMin?: number;
  /** Peak memory for these rows and for a tenth of them, instead of the rate. */
  readonly memory?: boolean;
};

const defaultRows = 100_000;
const defaultMemoryRows = 1_000_000;
/** What the emulator must serve, for the run to say anything about the extractor. */
const servedMin = 60_000;

type Rates = {
  readonly served: number;
  readonly parsed: number;
  readonly sent: number;
  readonly loaded: number;
};

type Round = { readonly load: string; readonly send: string; readonly record: boolean };

/** Every kind once, so that whatever slows the machine down slows all of them. */
async function measureRound({ emulator }: ExtractStage, worker: Child, round: Round): Promise<Rates> {
  const definition = tableDefinitions['lead'] as TableDefinition;
  const read = {
    address: `${emulator.values['DATAVERSE_URL']}/api/data/v9.2/${firstAddress(definition)}`,
    token: emulator.token,
    pageSize,
  };
  const rate = async (task: ExtractTask) => {
    const { rows, elapsedMs } = await ask(worker, task);
    return (rows * 1_000) / elapsedMs;
  };
  return {
    loaded: await rate({ task: 'load', prefix: round.load, record: round.record }),
    sent: await rate({ task: 'send', prefix: round.send }),
    parsed: await rate({ task: 'parse', ...read }),
    served: await rate({ task: 'fetch', ...read }),
  };
}

/**
 * The first load of one table, from the first request to the commit of its last page, by the product's own loop. The
 * ceiling is the slower of two things it cannot do without, done alone in the same process: fetching, inflating and
 * parsing the pages, and sending the very bytes it publishes in transactions of the same size.
 */
export async function runExtractSuite(options: ExtractSuiteOptions): Promise<readonly Measurement[]> {
  if (options.memory) return measureMemory(options.rows ?? defaultMemoryRows);
  const stage = await openExtractStage();
  try {
    const prefixes = await stage.freshPrefixes(2 * (options.rounds + 1));
    await stage.emulator.control('generate', { table: 'lead', count: options.rows ?? defaultRows });
    const worker = await stage.startWorker();
    const rounds: Rates[] = [];
    for (let round = 0; round <= options.rounds; round += 1) {
      const [load = '', send = ''] = prefixes.slice(2 * round);
      rounds.push(await measureRound(stage, worker, { load, send, record: round === 0 }));
    }
    await worker.stop();
    // The first round warms up and records.
    return measurementsOf(rounds.slice(1), options.ceilingMin);
  } finally {
    await stage.close();
  }
}

function measurementsOf(rounds: readonly Rates[], ceilingMin = servedMin): readonly Measurement[] {
  const of = (kind: keyof Rates) => median(rounds.map((round) => round[kind]));
  const ceiling = Math.min(of('parsed'), of('sent'));
  const measurement = (name: string, value: number, most: number, least: number): Measurement => ({
    name,
    unit: 'rows/s',
    value,
    ceiling: most,
    ceilingMin: least,
  });
  return [
    measurement('first load of one table', of('loaded'), ceiling, 0),
    measurement('ceiling: fetch, inflate, parse', of('parsed'), of('parsed'), 0),
    measurement('ceiling: transactional sends of the same bytes', of('sent'), of('sent'), 0),
    measurement('emulator, bytes not looked at', of('served'), of('served'), ceilingMin),
  ];
}
