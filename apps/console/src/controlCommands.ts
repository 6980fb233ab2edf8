import { SyncError, type ControlAction } from '@lockstep/change-events';
import type { Environment } from '@lockstep/service-runtime';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { resyncRecord, resyncRows, type ResyncOptions, type ResyncRowsOptions } from './resyncRecord.ts';
import { sendControl, type ControlOptions, type ControlResult } from './sendControl.ts';

const actions: readonly (readonly [ControlAction, string])[] = [
  ['pause', 'Stop reading a table or Marketo, or writing to a side; nothing is lost.'],
  ['resume', 'Go on reading a paused table or Marketo, or writing to a side.'],
  ['resnapshot', 'Announce a table again, or the rows or persons of a filter, beside the changes.'],
  ['resync', 'Compare a table or Marketo with what is published; publish what differs, and deletes.'],
  ['cancel', 'End a resnapshot, or a resync of Marketo, or drop the deletes that a resync holds.'],
  ['confirm', 'Publish the deletes that a resync holds.'],
];

const targetWords: Readonly<Record<ControlAction, string>> = {
  pause: 'dynamics/<table>, marketo/person, reconciler/to-dynamics or reconciler/to-marketo',
  resume: 'dynamics/<table>, marketo/person, reconciler/to-dynamics or reconciler/to-marketo',
  resnapshot: 'dynamics/<table> or marketo/person',
  resync: 'dynamics/<table> or marketo/person',
  cancel: 'dynamics/<table> or marketo/person',
  confirm: 'dynamics/<table> or marketo/person',
};

const exitCodes: Readonly<Record<ControlResult, number>> = { SENT: 0, DONE: 0, REFUSED: 1, NO_ANSWER: 3 };

/** `lockstep pause dynamics/lead` and its like. */
export function addControlCommands(program: Command, env: Environment, print: (line: string) => void): void {
  for (const [action, description] of actions) {
    const command = program
      .command(action)
      .description(description)
      .argument(action === 'resync' ? '[target]' : '<target>', targetWords[action])
      .option('--actor <name>', 'who asks; user@host when left out')
      .option('--wait', 'wait for the answer; exit code 1 when it is a refusal, 3 when none comes')
      .option('--timeout <seconds>', 'how long to wait', toSeconds, 60);
    if (action === 'resnapshot') addRange(command);
    if (action === 'resync') addRecord(command);
    command.action(async (target: string | undefined, options: ControlOptions & Wanted) => {
      if (action === 'resync') assertOne(target, options);
      if (target === undefined) return resyncWanted(env, options, print);
      const result = await sendControl(env, [action, target, options], Date.now(), print);
      process.exitCode = exitCodes[result];
    });
  }
}

const secondsMax = 86_400;

function toSeconds(text: string): number {
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= secondsMax) return seconds;
  throw new InvalidArgumentError(`Seconds from 1 to ${secondsMax} are expected.`);
}

function addRange(command: Command): void {
  command
    .option(
      '--filter <filter>',
      'only these rows: an OData filter; of Marketo a field and values, such as email=a@example.com, or list=ID',
    )
    .option('--columns <names>', 'columns that must be there, separated by commas')
    .option('--from <date>', 'only rows changed since')
    .option('--to <date>', 'only rows changed until');
}

function addRecord(command: Command): void {
  command
    .option('--record <golden id>', 'instead of a table: read both sides of one record again; asks the API')
    .option(
      '--rows <rows>',
      'the same for many: system/table/id separated by commas, or @ and a file with one a line; asks the API',
    )
    .addOption(new Option('--from <side>', 'of records: only this side').choices(['dynamics', 'marketo']));
}

type Wanted = Partial<ResyncOptions & ResyncRowsOptions>;

/** A whole table is not read again for somebody who names a record beside it. */
function assertOne(target: string | undefined, { record, rows, from }: Wanted): void {
  const count = [target, record, rows].filter((one) => one !== undefined).length;
  if (count !== 1)
    throw new SyncError('CONFIG_INVALID', { resync: 'needs one of a table, --record and --rows.' });
  if (target !== undefined && from !== undefined)
    throw new SyncError('CONFIG_INVALID', { '--from': 'goes with --record or --rows.' });
}

function resyncWanted(env: Environment, wanted: Wanted, print: (line: string) => void): Promise<void> {
  const { record, rows, from, actor } = wanted;
  const shared = { ...(from !== undefined && { from }), ...(actor !== undefined && { actor }) };
  if (record !== undefined) return resyncRecord(env, { record, ...shared }, print);

  return resyncRows(env, { rows: rows ?? '', ...shared }, print);
}
