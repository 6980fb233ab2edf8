import { apiError } from '../apiError.ts';
import { fileContent } from '../fileAnswer.ts';
import { isSearchable } from '../fieldDefinitions.ts';
import type { Instance } from '../instance.ts';
import { listOfId } from '../lists/staticLists.ts';
import type { Operation, OperationInput } from '../operation.ts';
import { partitionNamed } from '../partitions.ts';
import { delimitedText } from './delimitedText.ts';
import { receiptOf, statusOf } from './importBatch.ts';
import { readImportFile } from './importFile.ts';
import { addImport, batchOf, startImports } from './importQueue.ts';

const batchPath = '^/bulk/v1/leads/batch/(\\d+)';

/** Bulk import of persons; the paths lack /rest. */
export const importOperations: readonly Operation[] = [
  operation('POST', '^/bulk/v1/leads', bringFile),
  operation('GET', batchPath, (instance, input) => ({ result: [statusOf(batchOf(instance, idIn(input)))] })),
  operation('GET', `${batchPath}/failures`, (instance, input) => {
    const { format, header, failures } = batchOf(instance, idIn(input));
    return textFile(delimitedText(format, [[...header, 'Import Failure Reason'], ...failures]));
  }),
  // Nothing here deserves a warning.
  operation('GET', `${batchPath}/warnings`, (instance, input) => {
    const { format, header } = batchOf(instance, idIn(input));
    return textFile(delimitedText(format, [[...header, 'Import Warning Reason']]));
  }),
];

function operation(method: 'GET' | 'POST', path: string, run: Operation['run']): Operation {
  return { method, path: new RegExp(`${path}\\.json$`), body: 'none', permission: 'Read-Write Lead', run };
}

async function bringFile(instance: Instance, input: OperationInput): Promise<object> {
  const { call, parameters, user, origin } = input;
  const targets = targetsIn(instance, input);
  const file = await readImportFile(call, parameters);
  const batch = addImport(instance, { ...file, ...targets, user, requestId: origin.requestId ?? '' });
  const receipt = receiptOf(batch);
  startImports(instance);
  return { result: [receipt] };
}

function targetsIn(instance: Instance, { parameters, user }: OperationInput) {
  const lookupField = parameters.get('lookupField') ?? 'email';
  const field = instance.fields.get(lookupField);
  if (field === undefined || !isSearchable(field))
    throw apiError('1011', `Lookup field '${lookupField}' is not supported`);
  const partitionName = parameters.get('partitionName') ?? undefined;
  if (partitionName !== undefined) partitionNamed(instance, user, partitionName);
  const listId = parameters.has('listId')
    ? listOfId(instance, Number(parameters.get('listId'))).id
    : undefined;
  return { lookupField, partitionName, listId };
}

function textFile(text: string): object {
  return fileContent(text, 'text/csv;charset=UTF-8');
}

function idIn({ pathParts }: OperationInput): number {
  return Number(pathParts[0]);
}
