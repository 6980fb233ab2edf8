import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { TableDefinition } from '@lockstep/change-events';
import { startDataverseEmulator, type DataverseEmulator } from '@lockstep/dataverse-emulator';
import { createDynamics, type Dynamics, type DynamicsOptions } from './createDynamics.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, origin: string) => void;

/** An organisation that answers what it is told to; tokens come from the emulator. */
type Stage = {
  readonly dynamics: Dynamics;
  readonly origin: string;
  readonly prefers: string[];
  open(options: Partial<DynamicsOptions>): Promise<Dynamics>;
  answerWith(...answers: readonly Answer[]): void;
  close(): Promise<void>;
};

const never = new AbortController().signal;
const label = 'OData.Community.Display.V1.FormattedValue';
const lead: TableDefinition = {
  table: 'lead',
  entitySet: 'leads',
  primaryKey: 'leadid',
  fields: [
    { name: 'lastname', type: 'string' },
    { name: 'revenue', type: 'decimal' },
    { name: 'counter', type: 'integer' },
    { name: 'choices', type: 'options' },
    { name: 'founded', type: 'timestamp' },
    { name: 'birthdate', type: 'date' },
  ],
};

async function startStage(): Promise<Stage> {
  const emulator: DataverseEmulator = await startDataverseEmulator();
  let script: Answer[] = [];
  const prefers: string[] = [];
  const server = createServer((request, response) => {
    prefers.push(String(request.headers.prefer));
    const answer = script.length > 1 ? script.shift() : script[0];
    answer?.(request, response, origin);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dynamics = await createDynamics({ ...emulator, url: origin });

  return {
    dynamics,
    origin,
    prefers,
    open: (options) => createDynamics({ ...emulator, url: origin, ...options }),
    answerWith: (...answers) => {
      script = [...answers];
      prefers.length = 0;
    },
    close: async () => {
      await dynamics.close();
      await emulator.close();
      server.close();
    },
  };
}

const row = (number: number, version: number, cells = ''): string =>
  `{"@odata.etag":"W/\\"${version}\\"","leadid":"00000000-0000-4000-8000-00000000000${number}"${cells === '' ? '' : `,${cells}`}}`;
const pageText = (origin: string, rows: readonly string[], link = 'deltatoken=77%2101%2f01%2f2026'): string =>
  `{"value":[${rows.join(',')}],"@odata.deltaLink":"${origin}/api/data/v9.2/leads?$select=leadid&$${link}"}`;
const page =
  (rows: readonly string[], link?: string): Answer =>
  (_request, response, origin) =>
    void response.setHeader('content-type', 'application/json').end(pageText(origin, rows, link));
const text =
  (status: number, body: string): Answer =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(body);

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.close());

const read = () => stage.dynamics.readPage(lead, null, never);
const fieldsOf = async (cells: string) => {
  stage.answerWith(page([row(1, 5, cells)]));

  return (await read()).rows[0]?.fields;
};

describe('a page that is not as it should be', () => {
  it('sets the row aside that cannot be read, and goes on with the others', async () => {
    const bad = row(2, 6, '"lastname":"Ito","counter":9007199254740993');
    stage.answerWith(page([row(1, 5, '"lastname":"Reed"'), bad, row(3, 7, '"lastname":"Mori"')]));

    const { rows, refused } = await read();

    expect(rows.map(({ fields }) => fields['lastname'])).toEqual(['Reed', 'Mori']);
    expect(refused).toEqual([
      {
        id: '00000000-0000-4000-8000-000000000002',
        field: 'counter',
        code: 'VALUE_NOT_REPRESENTABLE',
        bytes: Buffer.from(bad),
      },
    ]);
  });

  it('sets a row without a key aside', async () => {
    stage.answerWith(page(['{"@odata.etag":"W/\\"5\\"","lastname":"Reed"}', row(1, 6)]));

    const { rows, refused } = await read();

    expect(rows).toHaveLength(1);
    expect(refused).toMatchObject([{ id: null, field: 'id', code: 'DYNAMICS_ANSWER_INVALID' }]);
  });

  it('takes rows in any order, a repeated row once in its newest state, and answers them by version', async () => {
    const old = row(1, 5, '"lastname":"Old"');
    stage.answerWith(page([row(2, 9), row(1, 7, '"lastname":"New"'), old, row(3, 6)]));

    const { rows } = await read();

    expect(rows.map(({ id, version }) => [id.at(-1), version])).toEqual([
      ['3', 6],
      ['1', 7],
      ['2', 9],
    ]);
    expect(rows[1]?.fields['lastname']).toBe('New');
  });

  it('asks without labels when the delta link stays away', async () => {
    const without: Answer = (_request, response) => void response.end(`{"value":[${row(1, 5)}]}`);
    stage.answerWith(without, without, page([row(1, 5)]));

    expect((await read()).complete).toBe(true);
    expect(stage.prefers.map((prefer) => prefer.includes(label))).toEqual([true, true, false]);
  });

  it('gives up when the delta link stays away even then', async () => {
    stage.answerWith((_request, response) => void response.end('{"value":[]}'));

    await expect(read()).rejects.toMatchObject({
      code: 'DYNAMICS_ANSWER_INVALID',
      details: { part: 'link' },
    });
    expect(stage.prefers).toHaveLength(3);
  });

  it('knows the newest version that a delta link reaches up to, if the link tells', async () => {
    stage.answerWith(page([]), page([], 'deltatoken=opaque'));

    expect((await read()).mark).toBe(77);
    expect((await read()).mark).toBeNull();
  });
});

describe('an answer that is no answer', () => {
  const cut: Answer = (_request, response, origin) => {
    response.writeHead(200, { 'content-length': '100000' });
    response.write(pageText(origin, [row(1, 5)]).slice(0, 60));
    setTimeout(() => response.destroy(), 20);
  };
  const brokenGzip: Answer = (_request, response, origin) => {
    const bytes = gzipSync(pageText(origin, [row(1, 5)]));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes.subarray(0, 30));
  };
  const noGzip: Answer = (_request, response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain text');
  const halfJson: Answer = (_request, response, origin) =>
    void response.end(pageText(origin, [row(1, 5)]).slice(0, 60));

  it.each<[string, Answer, string]>([
    ['a page of HTML', text(200, '<html>Sign in</html>'), 'DYNAMICS_ANSWER_INVALID'],
    ['a page of HTML with status 503', text(503, '<html>Busy</html>'), 'DYNAMICS_BUSY'],
    ['an empty body', text(200, ''), 'DYNAMICS_ANSWER_INVALID'],
    ['a body without rows', text(200, '{"value":null}'), 'DYNAMICS_ANSWER_INVALID'],
    ['half a body', halfJson, 'DYNAMICS_ANSWER_INVALID'],
    ['a body that is cut off', cut, 'DYNAMICS_UNREACHABLE'],
    ['gzip that is cut off', brokenGzip, 'DYNAMICS_UNREACHABLE'],
    ['gzip that is none', noGzip, 'DYNAMICS_UNREACHABLE'],
  ])('is asked for again after %s, and named when it does not get better', async (_name, answer, code) => {
    stage.answerWith(answer, page([row(1, 5)]));
    expect((await read()).rows).toHaveLength(1);

    stage.answerWith(answer);
    await expect(read()).rejects.toMatchObject({ code });
    expect(stage.prefers).toHaveLength(3);
  });

  /** A page of 5,000 rows with long texts took 1.6 GB; the container has half of one, and asked for the same page at each start. */
  it.each([false, true])(
    'is asked for in smaller pages when it is larger than may be held (packed: %s)',
    async (isPacked) => {
      const answer: Answer = (request, response, origin) => {
        const asked = Number(/maxpagesize=(\d+)/.exec(String(request.headers.prefer))?.[1]);
        const rows = Array.from({ length: asked }, (_, n) =>
          row(1, 5, `"lastname":"${'x'.repeat(1000)}"`).replace(/0001"/, `${1000 + n}"`),
        );
        const body = pageText(origin, rows);
        if (isPacked) response.setHeader('content-encoding', 'gzip').end(gzipSync(body));
        else response.end(body);
      };
      const dynamics = await stage.open({ pageSizeMax: 400, answerBytesMax: 150_000 });
      stage.answerWith(answer);
      const pageSizes = () => stage.prefers.map((prefer) => Number(/maxpagesize=(\d+)/.exec(prefer)?.[1]));

      expect((await dynamics.readPage(lead, null, never)).rows).toHaveLength(100);
      expect((await dynamics.readSince(lead, 0, never)).rows).toHaveLength(100);
      await expect(dynamics.readPage({ ...lead, table: 'contact' }, null, never)).resolves.toBeDefined();

      expect(pageSizes()).toEqual([400, 200, 100, 100, 400, 200, 100]);
      await dynamics.close();
    },
  );

  it('does not repeat what a body says', async () => {
    stage.answerWith(text(200, '{"value":[{"lastname":"secret'));

    const error = await read().catch((refusal: unknown) => refusal);

    expect(String(error)).not.toContain('secret');
  });
});

describe('a value', () => {
  it('is empty or null as it came', async () => {
    expect(await fieldsOf('"lastname":"","revenue":null')).toEqual({ lastname: '', revenue: null });
  });

  it.each([
    ['922337203685476.3700', '922337203685476.37'],
    ['100000000000.0123456789', '100000000000.0123456789'],
    ['-99999.9999999999', '-99999.9999999999'],
    ['0.0000000001', '0.0000000001'],
    ['-123456.5000', '-123456.5'],
    ['20000.0000', '20000'],
    ['1234567.89', '1234567.89'],
  ])('of a decimal keeps every digit of %s', async (json, expected) => {
    expect(await fieldsOf(`"lastname":"\\"revenue\\":1","revenue":${json}`)).toMatchObject({
      revenue: expected,
    });
  });

  it('of a decimal keeps its digits in every row of a page', async () => {
    const digits = [
      '"revenue":922337203685476.3701',
      '"revenue":null',
      '"lastname":"none"',
      '"revenue":1.5',
      '"revenue":922337203685476.3702',
    ];
    stage.answerWith(page(digits.map((cells, index) => row(index, index + 1, cells))));

    expect((await read()).rows.map(({ fields }) => fields['revenue'])).toEqual([
      '922337203685476.3701',
      null,
      undefined,
      '1.5',
      '922337203685476.3702',
    ]);
  });

  it('of a text keeps every character, and gets U+FFFD for half a character', async () => {
    expect(await fieldsOf('"lastname":"Zo\\u00eb \\ud83d\\ude00 李 \\ud83d"')).toEqual({
      lastname: 'Zoë 😀 李 \uFFFD',
    });
  });

  it('of a time or a date keeps the year 1753 and drops empty fractions', async () => {
    expect(await fieldsOf('"founded":"1753-01-01T00:00:00.0000000Z","birthdate":"1753-01-01"')).toEqual({
      founded: '1753-01-01T00:00:00Z',
      birthdate: '1753-01-01',
    });
  });

  it('of several options is a list', async () => {
    expect(await fieldsOf(`"choices":"1,9","choices@${label}":"A; B"`)).toEqual({
      choices: [
        { value: 1, label: 'A' },
        { value: 9, label: 'B' },
      ],
    });
  });

  it.each([
    ['counter', '"counter":-9007199254740993'],
    ['birthdate', '"birthdate":"2026-13-45"'],
    ['founded', '"founded":"soon"'],
    ['choices', '"choices":"1,x"'],
    ['revenue', '"revenue":123456.12345678901'],
    ['lastname', '"lastname":7'],
  ])('without a form in the contract sets its row aside and names %s', async (field, cells) => {
    stage.answerWith(page([row(1, 5, cells)]));

    expect((await read()).refused).toMatchObject([{ field, code: 'VALUE_NOT_REPRESENTABLE' }]);
  });
});
