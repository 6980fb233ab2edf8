import { createMetrics } from './metrics.ts';

describe('createMetrics', () => {
  it('counts under the agreed names and labels, with the service on each series', async () => {
    const metrics = createMetrics('extractor');
    metrics.changesPublished.inc({ table: 'lead', operation: 'UPSERT', lane: 'LIVE' }, 3);
    metrics.deadLetters.inc({ code: 'MESSAGE_UNDECODABLE' });
    metrics.sourceLagSeconds.observe({ table: 'lead' }, 1.5);
    metrics.snapshotRowsDone.set({ table: 'lead' }, 10);
    metrics.snapshotRowsTotal.set({ table: 'lead' }, 20);
    metrics.polls.inc({ table: 'lead', result: 'nothing' });
    metrics.hints.inc({ table: 'lead', result: 'woken' });
    metrics.reconcileDurationSeconds.observe(0.2);
    metrics.messagesHandled.inc({ group: 'lockstep.router', topic: 'marketing.outcomes', partition: 2 }, 7);
    metrics.conflicts.inc({ rule: 'marketo-wins' });
    metrics.writes.inc({ system: 'marketo', result: 'UPDATED' });
    metrics.remoteCalls.inc({ system: 'dynamics', outcome: 'ok' });
    const page = await metrics.registry.metrics();

    for (const line of [
      'changes_published_total{table="lead",operation="UPSERT",lane="LIVE",service="extractor"} 3',
      'dead_letters_total{code="MESSAGE_UNDECODABLE",service="extractor"} 1',
      'source_lag_seconds{quantile="0.99",table="lead",service="extractor"} 1.5',
      'snapshot_rows_done{table="lead",service="extractor"} 10',
      'snapshot_rows_total{table="lead",service="extractor"} 20',
      'polls_total{table="lead",result="nothing",service="extractor"} 1',
      'hints_total{table="lead",result="woken",service="extractor"} 1',
      'reconcile_duration_seconds_count{service="extractor"} 1',
      'messages_handled_total{group="lockstep.router",topic="marketing.outcomes",partition="2",service="extractor"} 7',
      'conflicts_total{rule="marketo-wins",service="extractor"} 1',
      'writes_total{system="marketo",result="UPDATED",service="extractor"} 1',
      'remote_calls_total{system="dynamics",outcome="ok",service="extractor"} 1',
    ]) {
      expect(page).toContain(line);
    }
  });

  it('measures the process itself', async () => {
    expect(await createMetrics('extractor').registry.metrics()).toContain('process_resident_memory_bytes');
  });

  it('keeps two services in one process apart', async () => {
    const one = createMetrics('one');
    createMetrics('two').conflicts.inc({ rule: 'r' });

    expect(await one.registry.metrics()).not.toContain('rule="r"');
  });
});
