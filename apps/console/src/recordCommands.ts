import type { Environment } from '@lockstep/service-runtime';
import { Option, type Command } from 'commander';
import { rematch, type RematchOptions } from './rematch.ts';
import { replay, type ReplayOptions } from './replay.ts';
import { decideReview, listReviews } from './reviews.ts';
import { undo, type UndoOptions } from './undo.ts';
import { undoAll, type UndoAllOptions } from './undoAll.ts';
import { unlink } from './unlink.ts';

type Print = (line: string) => void;

const actor = () => new Option('--actor <name>', 'who asks; user@host when left out');

/** `lockstep replay`, `lockstep review`, `lockstep undo` and `lockstep unlink`, which ask the API. */
export function addRecordCommands(program: Command, env: Environment, print: Print): void {
  addReplay(program, env, print);
  addUnlink(program, env, print);
  addUndo(program, env, print);
  addUndoAll(program, env, print);
  const review = program.command('review').description('Records that wait for somebody to decide.');
  review
    .command('list')
    .description('Show them, with everybody who has the same address.')
    .option('--json', 'one JSON object a line')
    .action(({ json = false }: { json?: boolean }) => listReviews(env, { json }, print));
  review
    .command('join')
    .description('Link the record to the person of another.')
    .argument('<golden id>')
    .argument('<candidate>', 'its golden id')
    .addOption(actor())
    .action((goldenId: string, candidate: string, options: { actor?: string }) =>
      decideReview(env, { goldenId, decision: 'join', with: candidate, ...options }, print),
    );
  review
    .command('separate')
    .description('Make a person of its own, whoever has the same address.')
    .argument('<golden id>')
    .addOption(actor())
    .action((goldenId: string, options: { actor?: string }) =>
      decideReview(env, { goldenId, decision: 'separate', ...options }, print),
    );
  addVerdicts(review, env, print);
  review
    .command('rematch')
    .description(
      'Give rows in the place of deleted ones the persons of those, where only they have the address.',
    )
    .option('--dry-run', 'count them alone')
    .addOption(actor())
    .action((options: RematchOptions) => rematch(env, options, { nowMs: Date.now(), print }));
}

/** What may be said of a person that was deleted in Marketo (`deletedInMarketo: ask`). */
const verdicts = {
  recreate: 'Make another person for the row of one that was deleted in Marketo.',
  'stay-away': 'Make none for it, whatever is edited in Dynamics.',
} as const;

function addVerdicts(review: Command, env: Environment, print: Print): void {
  for (const decision of ['recreate', 'stay-away'] as const)
    review
      .command(decision)
      .description(verdicts[decision])
      .argument('<golden id>')
      .addOption(actor())
      .action((goldenId: string, options: { actor?: string }) =>
        decideReview(env, { goldenId, decision, ...options }, print),
      );
}

function addReplay(program: Command, env: Environment, print: Print): void {
  program
    .command('replay')
    .description('Try at once what waits, and send what was set aside on its way again.')
    .option('--record <golden id>', 'one record')
    .addOption(new Option('--side <side>', 'what this side refuses').choices(['dynamics', 'marketo']))
    .option('--code <code>', 'one cause')
    .option('--since <time>', 'what waits since this time or later')
    .option('--until <time>', 'what waits since before this time; now when left out')
    .option('--all', 'everything')
    .addOption(actor())
    .action((options: ReplayOptions) => replay(env, options, { nowMs: Date.now(), print }));
}

function addUnlink(program: Command, env: Environment, print: Print): void {
  program
    .command('unlink')
    .description('Part a row of Dynamics and a person of Marketo that are not the same; nothing is deleted.')
    .argument('<row>', 'dynamics/lead/<id>, dynamics/contact/<id>, marketo/person/<id> or a golden id')
    .addOption(actor())
    .action((wanted: string, options: { actor?: string }) => unlink(env, { wanted, ...options }, print));
}

function addUndoAll(program: Command, env: Environment, print: Print): void {
  program
    .command('undo-all')
    .description(
      'Give fields of all records the values that lost in a span of time, by a rule or of a field.',
    )
    .requiredOption('--since <time>', 'decided at this time or later')
    .option('--until <time>', 'decided before this time; now when left out')
    .option('--rule <rule>', 'by this rule, as explain names it')
    .option('--field <name>', 'of this field')
    .option('--dry-run', 'count them alone')
    .addOption(actor())
    .action((options: UndoAllOptions) => undoAll(env, options, { nowMs: Date.now(), print }));
}

function addUndo(program: Command, env: Environment, print: Print): void {
  program
    .command('undo')
    .description(
      'Give a field the value that lost, on both sides; without an option, list what can be undone.',
    )
    .argument('<row>', 'dynamics/lead/<id>, dynamics/contact/<id>, marketo/person/<id> or a golden id')
    .addOption(new Option('--decision <name>', 'as explain names it').conflicts('field'))
    .option('--field <name>', 'the last decision of this field')
    .addOption(actor())
    .action((wanted: string, options: Omit<UndoOptions, 'wanted'>) =>
      undo(env, { wanted, ...options }, print),
    );
}
