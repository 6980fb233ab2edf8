import { secondsText } from '../fieldValue.ts';
import type { BulkFormat } from './delimitedText.ts';

/** What a job exports; jobs of both kinds share one queue and one quota (facts 3.6). */
export type ExportKind = 'leads' | 'activities';

/** Where a job stands; a cancelled one is spelled with one l in the list of states and with two in answers. */
export type ExportStatus = 'Created' | 'Queued' | 'Processing' | 'Completed' | 'Cancelled';

/** The rows of a file, headers first, as they are when the job begins. */
export type ExportRows = () => readonly (readonly unknown[])[];

/** A finished file. */
export interface ExportFile {
  /** Emptied when the file is no longer kept. */
  text: string;
  /** Bytes. */
  readonly size: number;
  readonly checksum: string;
  readonly records: number;
}

/** One export job. Times are milliseconds since 1970. */
export interface ExportJob {
  readonly exportId: string;
  /** Rises with every job. */
  readonly number: number;
  readonly kind: ExportKind;
  /** Only this user sees the job. */
  readonly userId: string;
  readonly format: BulkFormat;
  readonly rows: ExportRows;
  readonly createdAt: number;
  status: ExportStatus;
  queuedAt?: number;
  startedAt?: number;
  finishedAt?: number;
  file?: ExportFile;
  /** What the last answer said of the job, and when; it is not renewed more often than once in `exportStatusMs`. */
  shown: { readonly at: number; readonly view: object };
}

/** All jobs of a subscription. */
export interface Exports {
  readonly jobs: Map<string, ExportJob>;
  lastNumber: number;
}

/** The job as its caller's own calls change it: the answer is true at once. */
export function showNow(job: ExportJob, now: number): object {
  job.shown = { at: now, view: viewOf(job) };
  return job.shown.view;
}

/** The job as a poll sees it: no newer than the last full interval. */
export function showPolled(job: ExportJob, now: number, intervalMs: number): object {
  return now - job.shown.at < intervalMs ? job.shown.view : showNow(job, now);
}

function viewOf({
  exportId,
  format,
  status,
  createdAt,
  queuedAt,
  startedAt,
  finishedAt,
  file,
}: ExportJob): object {
  const times = { createdAt, queuedAt, startedAt, finishedAt };
  const texts = Object.entries(times).flatMap(([name, at]) =>
    at === undefined ? [] : [[name, secondsText(at)] as const],
  );
  const size = file && {
    numberOfRecords: file.records,
    fileSize: file.size,
    fileChecksum: `sha256:${file.checksum}`,
  };
  return { exportId, format, status, ...Object.fromEntries(texts), ...size };
}
