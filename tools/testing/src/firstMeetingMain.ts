import { writeFile } from 'node:fs/promises';
import Table from 'cli-table3';
import { Command, InvalidArgumentError } from 'commander';
import { meetFirst, type OnProgress } from './firstMeeting.ts';
import type { MeetingSize } from './firstMeetingPeople.ts';

function count(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

type Options = MeetingSize & { readonly minutes: number; readonly json?: string };

const program = new Command('npm run first-meeting --')
  .description(
    'Lets two emulated sides meet: rehearses, writes, and compares what was foretold with their logs.',
  )
  .option('--people <n>', 'people of each side', count, 10_000)
  .option('--common <n>', 'of these, known to both by one address', count, 6_000)
  .option('--same-email <n>', 'rows whose address two persons have', count, 500)
  .option('--same-rows <n>', 'further rows with the address of a row that nobody in Marketo has', count, 0)
  .option('--minutes <n>', 'how long it may take', count, 60)
  .option('--json <file>', 'write the report as JSON')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { json, minutes, ...size } = program.opts<Options>();
if (size.common + 2 * size.sameEmail > size.people)
  program.error('--people must be at least --common and twice --same-email', { exitCode: 2 });
if (size.common + size.sameEmail + (size.sameRows ?? 0) > size.people)
  program.error('--same-rows must leave out --common and --same-email of --people', { exitCode: 2 });

const sayEveryMs = 10_000;
let saidMs = 0;

const say: OnProgress = (text) => {
  if (performance.now() - saidMs < sayEveryMs) return;
  saidMs = performance.now();
  process.stderr.write(`[first-meeting] ${text}\n`);
};

const report = await meetFirst(size, minutes * 60_000, say);
const table = new Table({ head: ['what', 'forecast', 'actual'], style: { head: [], border: [] } });
for (const { what, forecast, actual } of report.numbers) table.push([what, forecast, actual]);
const differing = report.numbers.filter(({ forecast, actual }) => forecast !== actual);
if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${table.toString()}\n`);
process.stdout.write(
  `rehearsed after ${report.rehearseSeconds} s, written in ${report.writeSeconds} s, ${differing.length} numbers differ\n`,
);
process.exitCode = differing.length === 0 ? 0 : 1;
