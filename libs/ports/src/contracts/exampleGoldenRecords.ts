import type { Sequence } from '@lockstep/change-events';
import type { GoldenRecord } from '@lockstep/reconciliation';

export const revision = (number: number): Sequence => ({ epoch: 1, number });

/** A record with nothing in it but `changes`. */
export function goldenRecord(goldenId: string, changes: Partial<GoldenRecord> = {}): GoldenRecord {
  return {
    goldenId,
    revision: revision(1),
    kind: 'lead',
    aliasOf: null,
    fields: {},
    rows: [],
    outbox: [],
    waiting: null,
    conflicts: [],
    lane: 'LIVE',
    dueAtMs: null,
    ...changes,
  };
}

/** A record with something in each of its parts. */
export const everyPart = goldenRecord('full', {
  entity: 'account',
  apart: true,
  withheld: { dynamics: true },
  forecast: { dynamics: [{ operation: 'UPDATE', table: 'lead', fields: ['fax', 'jobtitle'] }] },
  troubledSince: '2026-11-28T03:00:00Z',
  held: { dueAtMs: 20, attempts: 2, takenBack: ['externalSalesPersonId'] },
  revision: { epoch: 2, number: Number.MAX_SAFE_INTEGER },
  fields: {
    email: {
      value: null,
      source: 'dynamics',
      changedAt: '2026-11-21T10:00:00Z',
      eventId: 'e1',
      rule: 'first-meeting',
      base: undefined,
      agreed: false,
    },
    annualRevenue: {
      value: 1200.5,
      source: 'marketo',
      changedAt: null,
      eventId: 'e2',
      rule: 'native',
      base: null,
      agreed: true,
    },
  },
  rows: [
    {
      system: 'marketo',
      table: 'lead',
      id: '17',
      active: true,
      deletedAt: null,
      missing: false,
      version: null,
      page: revision(7),
      filter: null,
      seen: { email: { value: '', at: revision(5), unconfirmed: true } },
      inFlight: { email: { value: 'ada@example.org', revision: revision(2) } },
      parked: { phone: { value: true, code: 'MARKETO_REFUSED' } },
      decidedEvidence: ['102:1', '102:2'],
    },
  ],
  outbox: [
    {
      kind: 'dynamics-write',
      entryId: 'w1',
      table: 'lead',
      rowId: 'r1',
      ifMatch: revision(4_000_000_000),
      columns: { leadsourcecode: 1, donotphone: false, fax: null },
      attempts: 0,
      dueAtMs: 1_795_000_000_000,
    },
  ],
  waiting: { cause: 'join', code: null, dueAtMs: 1_795_000_000_001 },
  conflicts: [
    {
      field: 'email',
      winner: 'marketo',
      winnerValue: 'ada@example.org',
      loserValue: null,
      rule: 'native',
      at: '2026-11-21T10:00:00Z',
    },
  ],
  dueAtMs: 1_795_000_000_000,
});
