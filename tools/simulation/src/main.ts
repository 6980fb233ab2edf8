import { Command } from 'commander';
import { runSeeds } from './runSeeds.ts';

const program = new Command('sim')
  .description(
    'Runs the loops over in-memory systems, with everything random drawn from a seed, and judges each run.',
  )
  .option('--seeds <count>', 'how many runs', Number, 100)
  .option('--seed <seed>', 'the first seed', Number, 1)
  .option('--actions <count>', 'actions per run at most', Number, 60)
  .option('--operator', 'an operator pauses, resumes, releases, reads again and unlinks in between')
  .option('--undo', 'an operator undoes decisions in between')
  .option('--merges', 'people merge rows and persons in between')
  .option('--qualify', 'people make contacts of leads in between')
  .option('--requests', 'marketers ask for something in between')
  .option(
    '--accounts',
    'accounts and opportunities come, change and go, and contacts change theirs in between',
  )
  .option('--customs', 'rows of custom tables that lead to people come, change and go in between')
  .option('--new-rules', 'lockstep.yaml changes in between')
  .option('--policies', 'each run has rules of its own, and an operator decides what they hold for review')
  .option('--calm', 'no faults')
  .option('--keep-going', 'go on after a failure')
  .option('--json', 'print every result as a line of JSON');

const {
  seeds,
  seed,
  actions,
  operator,
  undo,
  merges,
  qualify,
  requests,
  accounts,
  customs,
  newRules,
  policies,
  calm,
  keepGoing,
  json,
} = program.parse().opts<{
  seeds: number;
  seed: number;
  actions: number;
  operator?: boolean;
  undo?: boolean;
  merges?: boolean;
  qualify?: boolean;
  requests?: boolean;
  accounts?: boolean;
  customs?: boolean;
  newRules?: boolean;
  policies?: boolean;
  calm?: boolean;
  keepGoing?: boolean;
  json?: boolean;
}>();

const report = await runSeeds({
  first: seed,
  count: seeds,
  plan: {
    actionsMax: actions,
    faultShare: calm ? 0 : 0.25,
    operatorShare: operator ? 0.1 : 0,
    undoShare: undo ? 0.3 : 0,
    mergeShare: merges ? 0.15 : 0,
    qualifyShare: qualify ? 0.1 : 0,
    askShare: requests ? 0.25 : 0,
    accountShare: accounts ? 0.3 : 0,
    customShare: customs ? 0.3 : 0,
    ruleShare: newRules ? 0.06 : 0,
    policies: policies ?? false,
  },
  keepGoing: keepGoing ?? false,
  nowMs: () => performance.now(),
  onResult: json ? (line) => console.log(JSON.stringify(line)) : () => undefined,
});
for (const line of report.lines) console.log(line);
process.exitCode = report.failed === 0 ? 0 : 1;
