import { isAwaited, type GoldenRecord } from '@lockstep/reconciliation';
import type { Findings } from './verdict.ts';

/** Invariants 4 and 9: nothing is open without a timer or a named cause; every row belongs to one golden record. */
export function checkStored(findings: Findings, stored: readonly GoldenRecord[]): void {
  const owners = new Map<string, string>();
  for (const record of stored) {
    const reason = openReason(record);
    if (reason) findings.stuck.push({ what: 'golden record', ids: [record.goldenId], reason });
    if (record.waiting) excuse(findings, record);
    if (record.aliasOf === null) claimRows(findings, owners, record);
  }
}

/** What must not be open after quiet. */
export function openReason(record: GoldenRecord): string | null {
  const entry = record.outbox.find(isAwaited);
  if (entry) return `a ${entry.kind} is open after quiet`;
  if (record.rows.some((row) => Object.keys(row.inFlight).length > 0))
    return 'a value is in flight after quiet';
  if (record.waiting?.cause === 'first-reads') return 'it waits for the first reads after quiet';
  return record.waiting?.cause === 'join' ? 'it waits to be joined after quiet' : null;
}

function excuse(findings: Findings, { goldenId, waiting }: GoldenRecord): void {
  if (waiting)
    findings.exempt.push({ what: 'golden record', ids: [goldenId], reason: `waits: ${waiting.cause}` });
}

function claimRows(findings: Findings, owners: Map<string, string>, record: GoldenRecord): void {
  for (const { system, table, id } of record.rows) {
    const key = `${system}/${table}/${id}`;
    const owner = owners.get(key);
    if (owner && owner !== record.goldenId)
      findings.doubled.push({
        what: key,
        ids: [owner, record.goldenId],
        reason: 'a row belongs to two golden records',
      });
    owners.set(key, record.goldenId);
  }
}
