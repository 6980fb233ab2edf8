import { fileContent, fileNotFound } from '../fileAnswer.ts';
import { pageOfIds } from '../idPages.ts';
import type { Instance } from '../instance.ts';
import type { Operation, OperationInput } from '../operation.ts';
import { listOf } from '../parameters.ts';
import type { Permission } from '../permissions.ts';
import { activityRows } from './activityExport.ts';
import { showNow, showPolled, type ExportJob, type ExportKind, type ExportRows } from './exportJob.ts';
import { cancelJob, createJob, enqueueJob, fileOf, ownJob, startWaiting } from './exportQueue.ts';
import { formatIn } from './exportRequest.ts';
import { leadRows } from './leadExport.ts';

interface Kind {
  readonly kind: ExportKind;
  readonly permission: Permission;
  readonly rowsOf: (instance: Instance, body: unknown) => ExportRows;
}

const kinds: readonly Kind[] = [
  { kind: 'leads', permission: 'Read-Only Lead', rowsOf: leadRows },
  { kind: 'activities', permission: 'Read-Only Activity', rowsOf: activityRows },
];

const listedMs = 7 * 86_400_000;

/** Bulk extract of persons and of activities; the paths lack /rest. */
export const exportOperations: readonly Operation[] = kinds.flatMap((kind) => [
  operation(kind, 'GET', '', listing(kind)),
  operation(kind, 'POST', '/create', creating(kind)),
  operation(kind, 'POST', '/([^/]+)/enqueue', changing(kind, enqueueJob)),
  operation(
    kind,
    'POST',
    '/([^/]+)/cancel',
    changing(kind, (_instance, job) => cancelJob(job)),
  ),
  operation(kind, 'GET', '/([^/]+)/status', polling(kind)),
  operation(kind, 'GET', '/([^/]+)/file', sendingFile(kind)),
]);

function operation(
  { kind, permission }: Kind,
  method: 'GET' | 'POST',
  path: string,
  run: Operation['run'],
): Operation {
  const body = path === '/create' ? 'required' : 'none';
  return { method, path: new RegExp(`^/bulk/v1/${kind}/export${path}\\.json$`), body, permission, run };
}

function creating({ kind, rowsOf }: Kind): Operation['run'] {
  return (instance, { body, user }) => {
    const job = { kind, userId: user.userId, format: formatIn(body), rows: rowsOf(instance, body) };
    return { result: [showNow(createJob(instance, job), instance.now())] };
  };
}

function changing(kind: Kind, change: (instance: Instance, job: ExportJob) => void): Operation['run'] {
  return (instance, input) => {
    const job = jobIn(kind, instance, input);
    change(instance, job);
    const view = showNow(job, instance.now());
    startWaiting(instance);
    return { result: [view] };
  };
}

function polling(kind: Kind): Operation['run'] {
  return (instance, input) => {
    const { now, settings } = instance;
    return { result: [showPolled(jobIn(kind, instance, input), now(), settings.exportStatusMs)] };
  };
}

function jobIn({ kind }: Kind, instance: Instance, { pathParts, user }: OperationInput): ExportJob {
  return ownJob(instance, { kind, exportId: pathParts[0] ?? '', userId: user.userId });
}

// Own jobs of the last seven days.
function listing({ kind }: Kind): Operation['run'] {
  return (instance, { parameters, user }) => {
    const { settings, exports, now } = instance;
    const states = listOf(parameters, 'status').map((state) => state.replace('Canceled', 'Cancelled'));
    const jobs = [...exports.jobs.values()].filter(
      (job) =>
        job.kind === kind &&
        job.userId === user.userId &&
        now() - job.createdAt < listedMs &&
        (states.length === 0 || states.includes(job.status)),
    );
    const numbers = jobs.map(({ number }) => number);
    const { ids, more } = pageOfIds(`${kind}Exports`, numbers, parameters);
    const page = jobs.filter(({ number }) => ids.includes(number));
    return { result: page.map((job) => showPolled(job, now(), settings.exportStatusMs)), ...more };
  };
}

// What is unfinished, unknown or no longer kept is HTTP 404 in plain text.
function sendingFile({ kind }: Kind): Operation['run'] {
  return (instance, { pathParts, user, call }) => {
    const job = instance.exports.jobs.get(pathParts[0] ?? '');
    const isOwn = job?.kind === kind && job.userId === user.userId;
    const file = isOwn ? fileOf(instance, job) : undefined;
    if (file === undefined) return fileNotFound('Export file not found');
    return fileContent(file.text, 'text/csv;charset=UTF-8', call.range);
  };
}
