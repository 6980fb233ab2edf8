import { readFile } from 'node:fs/promises';
import { SyncError } from '@lockstep/change-events';
import type { Clock } from '@lockstep/ports';
import { readRules, type Rules, type RulesResult } from './readRules.ts';
import { faultLine } from './ruleFault.ts';

/** Files of a mounted configuration are exchanged by a link, which no watcher of files tells of: so we look. */
const intervalMs = 5000;
/** A file that is just being written may say half of its rules, or none: what is read counts when it is still there after this. */
const settleMs = 1000;
const charactersMax = 1_000_000;

/** The rules in force, from a file that may change at any time. */
export type RulesSource = {
  readonly current: () => Rules;
  /** The faults of the file as it is, where a change of it was refused; none while what it says is in force. */
  readonly refused: () => readonly string[];
  /** Takes each change of the file until `signal`; one with faults is refused, and the former rules go on. */
  readonly follow: (options: FollowOptions, signal: AbortSignal) => Promise<void>;
};

export type FollowOptions = {
  readonly clock: Clock;
  readonly onChanged: (rules: Rules) => void;
  /** Once for each text that is refused, with one sentence for each fault. */
  readonly onRefused: (faults: readonly string[]) => void;
};

/** Opens a file, or the native rules where none is named. Throws CONFIG_INVALID with every fault of it. */
export async function openRules(file: string | undefined): Promise<RulesSource> {
  let text = file === undefined ? '' : await textOf(file);
  const first = text === null ? { unreadable: `${file} cannot be read.` } : readRules(text);
  if (!('rules' in first))
    throw new SyncError('CONFIG_INVALID', { LOCKSTEP_FILE: sentencesOf(first, file).join(' ') });
  let { rules } = first;
  let refused: readonly string[] = [];

  const look = async (
    path: string,
    { clock, onChanged, onRefused }: FollowOptions,
    signal: AbortSignal,
  ): Promise<void> => {
    const next = await textOf(path);
    if (next === text) return;
    await clock.sleep(settleMs, signal);
    if (signal.aborted || (await textOf(path)) !== next) return;
    text = next;
    const result = next === null ? { unreadable: `${path} cannot be read.` } : readRules(next);
    refused = 'rules' in result ? [] : sentencesOf(result, path);
    if (!('rules' in result)) return onRefused(refused);
    if (result.rules.hash === rules.hash) return;
    rules = result.rules;
    onChanged(rules);
  };

  return {
    current: () => rules,
    refused: () => refused,
    follow: async (options, signal) => {
      while (!signal.aborted) {
        await options.clock.sleep(intervalMs, signal);
        if (file !== undefined && !signal.aborted) await look(file, options, signal);
      }
    },
  };
}

type Refused = Exclude<RulesResult, { readonly rules: Rules }> | { readonly unreadable: string };

const sentencesOf = (refused: Refused, file = ''): readonly string[] =>
  'unreadable' in refused ? [refused.unreadable] : refused.faults.map((fault) => faultLine(file, fault));

/** Null for what cannot be read, or is too large to be one. */
async function textOf(file: string): Promise<string | null> {
  try {
    const text = await readFile(file, 'utf8');

    return text.length > charactersMax ? null : text;
  } catch {
    return null;
  }
}
