import { createHash } from 'node:crypto';
import { apiError } from '../apiError.ts';
import { centralDayOf } from '../callLimiter.ts';
import type { Instance } from '../instance.ts';
import { runLater } from '../waitingTasks.ts';
import { delimitedText } from './delimitedText.ts';
import type { ExportFile, ExportJob, ExportKind, ExportRows, Exports } from './exportJob.ts';

const runningMax = 2;
const queuedMax = 10;
const dayMs = 86_400_000;
const jobDays = 30;
const jobsMax = 10_000;

/** A new job of a user; throws 1029 when the day's bytes are used up. */
export function createJob(
  instance: Instance,
  job: Pick<ExportJob, 'kind' | 'userId' | 'format'> & { readonly rows: ExportRows },
): ExportJob {
  const { exports } = instance;
  const now = instance.now();
  dropOld(exports, now);
  refuseOverQuota(instance);
  exports.lastNumber += 1;
  const fresh: ExportJob = {
    ...job,
    exportId: instance.newId(),
    number: exports.lastNumber,
    createdAt: now,
    status: 'Created',
    shown: { at: now, view: {} },
  };
  exports.jobs.set(fresh.exportId, fresh);
  return fresh;
}

/** A user's job; throws 1013 for one that is not there or another's (the code is inferred). */
export function ownJob(
  { exports }: Instance,
  {
    kind,
    exportId,
    userId,
  }: { readonly kind: ExportKind; readonly exportId: string; readonly userId: string },
): ExportJob {
  const job = exports.jobs.get(exportId);
  if (job?.kind !== kind || job.userId !== userId) throw apiError('1013', `Export '${exportId}' not found`);
  return job;
}

/** Puts a job into the queue. Throws 1029: it is or was there, ten are, or the day's bytes are used up. */
export function enqueueJob(instance: Instance, job: ExportJob): void {
  if (job.status !== 'Created') throw apiError('1029', 'Job already queued');
  const waiting = withStatus(instance, 'Queued').length + withStatus(instance, 'Processing').length;
  if (waiting >= queuedMax) throw apiError('1029', 'Too many jobs in queue');
  refuseOverQuota(instance);
  job.status = 'Queued';
  job.queuedAt = instance.now();
}

/** Takes a job out of the queue, or stops it; one that is done stays so (inferred). */
export function cancelJob(job: ExportJob): void {
  if (job.status === 'Completed') return;
  job.status = 'Cancelled';
}

/** The file of a completed job while it is kept. */
export function fileOf(instance: Instance, job: ExportJob): ExportFile | undefined {
  const keptMs = instance.settings.exportFileDays * dayMs;
  const isKept = job.finishedAt !== undefined && instance.now() - job.finishedAt < keptMs;
  if (!isKept && job.file !== undefined) job.file.text = '';
  return isKept ? job.file : undefined;
}

/** Begins the jobs for which there is room. */
export function startWaiting(instance: Instance): void {
  const [next] = withStatus(instance, 'Queued');
  if (next === undefined || withStatus(instance, 'Processing').length >= runningMax) return;
  next.status = 'Processing';
  next.startedAt = instance.now();
  const rows = next.rows();
  runLater(instance, instance.settings.exportMs, () => Promise.resolve(finish(instance, next, rows)));
  startWaiting(instance);
}

function finish(instance: Instance, job: ExportJob, rows: ReturnType<ExportRows>): void {
  if (job.status !== 'Processing') return;
  const text = delimitedText(job.format, rows);
  const checksum = createHash('sha256').update(text).digest('hex');
  job.status = 'Completed';
  job.finishedAt = instance.now();
  job.file = { text, size: Buffer.byteLength(text), checksum, records: rows.length - 1 };
  startWaiting(instance);
}

function withStatus({ exports }: Instance, status: ExportJob['status']): ExportJob[] {
  const found = [...exports.jobs.values()].filter((job) => job.status === status);
  return found.sort((left, right) => (left.queuedAt ?? 0) - (right.queuedAt ?? 0));
}

function refuseOverQuota(instance: Instance): void {
  const today = centralDayOf(instance.now());
  const sizes = withStatus(instance, 'Completed')
    .filter(({ finishedAt = 0 }) => centralDayOf(finishedAt) === today)
    .map(({ file }) => file?.size ?? 0);
  const used = sizes.reduce((sum, size) => sum + size, 0);
  if (used >= instance.settings.exportBytesPerDayMax) throw apiError('1029', 'Export daily quota exceeded');
}

function dropOld({ jobs }: Exports, now: number): void {
  const surplus = jobs.size - jobsMax + 1;
  [...jobs.values()].forEach(({ exportId, createdAt }, index) => {
    if (index < surplus || now - createdAt > jobDays * dayMs) jobs.delete(exportId);
  });
}
