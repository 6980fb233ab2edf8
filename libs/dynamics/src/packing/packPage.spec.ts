import { gzipSync } from 'node:zlib';
import {
  changeEventSchema,
  createCodec,
  rowEvent,
  type FieldDefinition,
  type FieldType,
  type PageContext,
  type TableDefinition,
} from '@lockstep/change-events';
import fc from 'fast-check';
import { readPageAnswer } from '../readAnswer.ts';
import { labelAnnotation, propertyOf, tableAnnotation } from '../readColumns.ts';
import { createPagePacker, rowOf, type PackedPart, type PageToPack } from './packPage.ts';

const origin = 'https://contoso.crm.dynamics.com';
const guid = (number: number): string => `6b29fc40-ca47-4067-b31d-${String(number).padStart(12, '0')}`;
const context: PageContext = {
  table: 'lead',
  page: { epoch: 1_796_000_000, number: 7 },
  versionEpoch: 2,
  observedAt: '2026-11-21T10:00:01.250Z',
  lane: 'BACKFILL',
  operation: 'SNAPSHOT',
};

const tableOf = (fields: readonly FieldDefinition[]): TableDefinition => ({
  table: 'lead',
  entitySet: 'leads',
  primaryKey: 'leadid',
  fields,
});

const schemaOf = ({ fields }: TableDefinition) => changeEventSchema('lockstep.dynamics.lead', fields);

/** `undefined` when a row is refused, or the whole page. */
async function byValues(definition: TableDefinition, text: string) {
  const schema = schemaOf(definition);
  const ids = { idOf: () => Promise.resolve(7), schemaOf: () => Promise.resolve(schema) };
  const codec = createCodec(ids, new Map([['leads', schema]]));
  try {
    const { rows, refused } = readPageAnswer(definition, origin, text);
    const messages = await Promise.all(
      rows.map(async (row) => Buffer.from(await codec.encode('leads', rowEvent(row, context)))),
    );
    const heads = rows.map(({ id, version, changedAt, changedBy }) => ({
      id,
      version,
      changedAt,
      changedBy,
    }));

    return refused.length > 0 ? undefined : { heads, messages };
  } catch {
    return undefined;
  }
}

/** `undefined` when the page is not plain. */
async function packed(definition: TableDefinition, text: string, pieceBytes?: number) {
  const page: PageToPack = {
    zipped: gzipSync(Buffer.from(text)),
    bytesMax: 10_000_000,
    definition,
    schema: { id: 7, schema: schemaOf(definition) },
    context,
  };
  try {
    const [first, ...pieces] = await partsOf(createPagePacker(pieceBytes).pack(page));

    return { heads: headsOf(first), messages: pieces.flatMap(messagesOf) };
  } catch {
    return undefined;
  }
}

async function partsOf(packing: AsyncIterable<PackedPart>): Promise<readonly PackedPart[]> {
  const parts: PackedPart[] = [];
  for await (const part of packing) parts.push(part);

  return parts;
}

function headsOf(part: PackedPart | undefined) {
  if (part === undefined || !('heads' in part)) throw new Error('heads come first');

  return Array.from({ length: part.heads.count }, (_, index) => {
    const { id, version, changedAt, changedBy } = rowOf(part.heads, index);
    return { id, version, changedAt, changedBy };
  });
}

const messagesOf = (part: PackedPart): readonly Buffer[] =>
  'ends' in part
    ? [...part.ends].map((end, index) => Buffer.from(part.buffer).subarray(part.ends[index - 1] ?? 0, end))
    : [];

const time = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().replace(/\.\d+Z$/, 'Z'));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom(
    '',
    'null',
    '"',
    '\\',
    '\r\n',
    '\ud800',
    '}]',
    '"value":[',
    '{"@odata.etag":"W/\\"7\\""}',
    '1,2',
  ),
);
const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '1e3',
    '123456789',
    '1234567890',
    '9007199254740993',
    '1.5E-3',
    '00',
    '1.',
    '-',
  ),
);
const decimal = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: 0, max: 12 }))
    .map(([digits, scale]) => (scale === 0 ? `${digits}` : `${digits}.${'1234567890123'.slice(0, scale)}`)),
  number,
);
const json = (value: unknown): string => JSON.stringify(value);

/** Of each type what Dataverse prints, as JSON text. */
const usual: Readonly<Record<FieldType, fc.Arbitrary<string>>> = {
  string: text.map(json),
  boolean: fc.boolean().map(json),
  integer: number,
  number: fc.oneof(number, fc.double({ noNaN: true, noDefaultInfinity: true }).map(json)),
  decimal,
  timestamp: fc
    .oneof(
      time,
      time.map((at) => at.replace('Z', '.123Z')),
    )
    .map(json),
  date: time.map((at) => json(at.slice(0, 10))),
  option: number,
  options: fc.constantFrom('"1,2"', '"7"', '""', '"1, x"'),
  lookup: fc
    .oneof(
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
    )
    .map(json),
};
const odd = fc.oneof(
  fc.constantFrom('null', 'true', ' 7', '[1]', '{"a":1}', 'nul', '"\\u00e9"', '"\\x"', '"a'),
  text.map(json),
);

const fieldTypes = Object.keys(usual) as FieldType[];
const definitions = fc
  .array(fc.constantFrom(...fieldTypes), { minLength: 1, maxLength: 8 })
  .map((types) => tableOf(types.map((type, index) => ({ name: `column${index}${type}`, type }))));

/** Cells of one column: itself, mostly null or usual, and its annotations. */
function cellsOf(field: FieldDefinition, oddness: fc.Arbitrary<boolean>): fc.Arbitrary<readonly string[]> {
  const property = propertyOf(field);
  const value = fc
    .tuple(oddness, fc.integer({ min: 0, max: 3 }), usual[field.type], odd)
    .map(([isOdd, nth, cell, other]) => (isOdd ? other : nth === 0 ? 'null' : cell));
  const annotation = (name: string) =>
    fc
      .option(text, { nil: null })
      .map((label) => (label === null ? [] : [`"${property}@${name}":${json(label)}`]));

  return fc
    .tuple(value, annotation(labelAnnotation), annotation(tableAnnotation))
    .map(([cell, label, table]) => [`"${property}":${cell}`, ...label, ...table]);
}

function rowOfTable(
  { fields }: TableDefinition,
  oddness: fc.Arbitrary<boolean>,
): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(
      fc.tuple(...fields.map((field) => cellsOf(field, oddness))),
      fc.option(time, { nil: null, freq: 9 }),
      fc.option(fc.uuid(), { nil: null, freq: 9 }),
      fc.constantFrom(true, false, null, 0),
    )
    .map(([cells, at, by, isIgnored]) => [
      ...cells.flat(),
      `"ignored":${json(isIgnored)}`,
      `"modifiedon":${json(at)}`,
      `"_modifiedby_value":${json(by)}`,
    ]);
}

type Page = { readonly definition: TableDefinition; readonly text: string };

const envelopeOf = (rows: readonly string[]): string =>
  `{"@odata.context":"${origin}/$metadata#leads","value":[${rows.join(',')}],"@odata.nextLink":"${origin}/next"}`;

const rarely = fc.integer({ min: 0, max: 9 }).map((nth) => nth === 0);

/** Rows of one table with rising versions, rarely one of them twice; where `oddness` says so, cells that are no such value. */
function pages(oddness: fc.Arbitrary<boolean>): fc.Arbitrary<Page> {
  return definitions.chain((definition) =>
    fc
      .tuple(fc.array(rowOfTable(definition, oddness), { minLength: 1, maxLength: 6 }), rarely)
      .map(([rows, isTwice]) => ({
        definition,
        text: envelopeOf(
          rows.map(
            (cells, index) =>
              `{${[`"@odata.etag":"W/\\"${100 + index}\\""`, `"leadid":"${guid(isTwice ? 1 : index)}"`, ...cells].join(',')}}`,
          ),
        ),
      })),
  );
}

const runs = { numRuns: 300, endOnFailure: true };

describe('packing a page', () => {
  it('makes the very messages of the way by values, whatever the table and its rows', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(pages(fc.constant(false)), async ({ definition, text: page }) => {
        const messages = await packed(definition, page);
        if (messages !== undefined) expect(messages).toEqual(await byValues(definition, page));
        if (messages !== undefined) done += 1;
      }),
      runs,
    );

    expect(done).toBeGreaterThan(runs.numRuns / 10);
  });

  it('leaves a page to the way by values when that would refuse it, or a row of it', async () => {
    await fc.assert(
      fc.asyncProperty(pages(rarely), async ({ definition, text: page }) => {
        const messages = await packed(definition, page);
        if (messages !== undefined) expect(messages).toEqual(await byValues(definition, page));
      }),
      runs,
    );
  });

  it('loses nothing where a piece outgrows its memory, wherever that is', async () => {
    const definition = tableOf([
      { name: 'ownerid', type: 'lookup' },
      { name: 'statecode', type: 'option' },
      { name: 'fax', type: 'string' },
    ]);
    const cells = [
      `"_ownerid_value":"${guid(7)}","_ownerid_value@${tableAnnotation}":"systemuser"`,
      `"statecode":123456789,"statecode@${labelAnnotation}":"Open"`,
      `"fax":"1"`,
    ];
    const page = envelopeOf([`{"@odata.etag":"W/\\"1\\"","leadid":"${guid(1)}",${cells.join()}}`]);
    const expected = await byValues(definition, page);

    for (let bytes = expected?.messages[0]?.length ?? 0; bytes > 0; bytes -= 1)
      expect(await packed(definition, page, bytes)).toEqual(expected);
  });

  it('is not misled by any change of one character', async () => {
    const printable = fc.constantFrom(...'"\\{}[]:,0 9anZ-');
    await fc.assert(
      fc.asyncProperty(
        pages(fc.constant(false)),
        fc.nat(),
        printable,
        async ({ definition, text: page }, at, character) => {
          const place = at % page.length;
          const changed = page.slice(0, place) + character + page.slice(place + 1);
          const messages = await packed(definition, changed);
          const envelope = page.indexOf('"value"');
          // The page without its rows is looked at where they are put together.
          if (messages !== undefined && place > envelope + 8 && place < page.lastIndexOf('}]') + 1)
            expect(messages).toEqual(await byValues(definition, changed));
        },
      ),
      runs,
    );
  });
});
