import Table from 'cli-table3';
import { findingKinds } from '@lockstep/checker';
import type { SyncReport } from './faultSync.ts';

export function toSyncTable(report: SyncReport): string {
  const { faults, edits, findings, endings, linkedPairs, seconds, restSeconds } = report;
  const style = { head: [], border: [] };
  const columns = { colAligns: ['left' as const, 'right' as const], style };
  const byFault = new Table({ head: ['fault', 'met'], ...columns });
  for (const [fault, count] of Object.entries(faults)) byFault.push([fault, count]);
  const byRule = new Table({ head: ['rule broken by', 'count'], ...columns });
  for (const kind of findingKinds)
    byRule.push([kind, findings.filter((finding) => finding.kind === kind).length]);
  byRule.push(['accounts, opportunities, companies', report.accounts.length]);
  const changes = Object.entries(edits).map(([kind, count]) => `${count} ${kind}`);
  const times = `${seconds} s, at rest ${restSeconds} s after the last fault`;
  const summary = `${linkedPairs} linked pairs, ${endings.length} processes ended by themselves, ${times}`;

  return [byFault.toString(), byRule.toString(), changes.join(', '), summary, ...endings].join('\n');
}

/** A line for each finding. */
export const findingLines = ({
  findings,
  accounts,
}: Pick<SyncReport, 'findings' | 'accounts'>): readonly string[] => [
  ...findings.map(({ kind, what, ids, reason }) => `${kind} ${what} of ${ids.join(', ')}: ${reason}`),
  ...accounts,
];
