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
export const exportOperations: readonly Operation[] = kinds.flatMap(({ kind, permission, rowsOf }) => {
  const at = (rest: string): RegExp => new RegExp(`^/bulk/v1/${kind}/export${rest}\\.json$`);
  const jobIn = (instance: Instance, { pathParts, user }: OperationInput): ExportJob =>
    ownJob(instance, { kind, exportId: pathParts[0] ?? '', userId: user.userId });
  const changing = (change: (instance: Instance, job: ExportJob) => void): Operation['run'] => {
    return (instance, input) => {
      const job = jobIn(instance, input);
      change(instance, job);
      const view = showNow(job, instance.now());
      startWaiting(instance);
      return { result: [view] };
    };
  };
  const create: Operation['run'] = (instance, { body, user }) => {
    const job = { kind, userId: user.userId, format: formatIn(body), rows: rowsOf(instance, body) };
    return { result: [showNow(createJob(instance, job), instance.now())] };
  };
  const status: Operation['run'] = (instance, input) => ({
    result: [showPolled(jobIn(instance, input), instance.now(), instance.settings.exportStatusMs)],
  });
  return [
    { method: 'GET', path: at(''), body: 'none', permission, run: listing(kind) },
    { method: 'POST', path: at('/create'), body: 'required', permission, run: create },
    { method: 'POST', path: at('/([^/]+)/enqueue'), body: 'none', permission, run: changing(enqueueJob) },
    {
      method: 'POST',
      path: at('/([^/]+)/cancel'),
      body: 'none',
      permission,
      run: changing((_instance, job) => cancelJob(job)),
    },
    { method: 'GET', path: at('/([^/]+)/status'), body: 'none', permission, run: status },
    { method: 'GET', path: at('/([^/]+)/file'), body: 'none', permission, run: sendingFile(kind) },
  ];
});

// Own jobs of the last seven days.
function listing(kind: ExportKind): Operation['run'] {
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
function sendingFile(kind: ExportKind): Operation['run'] {
  return (instance, { pathParts, user, call }) => {
    const job = instance.exports.jobs.get(pathParts[0] ?? '');
    const isOwn = job?.kind === kind && job.userId === user.userId;
    const file = isOwn ? fileOf(instance, job) : undefined;
    if (file === undefined) return fileNotFound('Export file not found');
    return fileContent(file.text, 'text/csv;charset=UTF-8', call.range);
  };
}
