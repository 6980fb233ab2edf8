import { parse } from 'csv-parse/sync';
import { apiError } from '../apiError.ts';
import type { RestCall } from '../restCall.ts';
import { formatOf, separators, type BulkFormat } from './delimitedText.ts';

/** A file as it came, with the parameters that can stand beside it in the form. */
export interface ImportFile {
  readonly format: BulkFormat;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Reads the part `file` of a multipart call. Throws 613 for anything else, 1003 for an unknown format and for text that is none. */
export async function readImportFile(call: RestCall, parameters: URLSearchParams): Promise<ImportFile> {
  const form = await formOf(call);
  const format = formatOf(parameters.get('format') ?? form.get('format') ?? 'CSV');
  if (format === undefined) throw apiError('1003', "Invalid value for parameter 'format'");
  const file = form.get('file');
  if (file === null) throw apiError('613', 'Invalid multipart request');
  const [header = [], ...rows] = recordsIn(typeof file === 'string' ? file : await file.text(), format);
  return { format, header, rows };
}

async function formOf({ body, contentType }: RestCall): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw apiError('613', 'Invalid multipart request');
  }
}

function recordsIn(text: string, format: BulkFormat): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter: separators[format],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch {
    throw apiError('1003', 'The file cannot be read');
  }
}
