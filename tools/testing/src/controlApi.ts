import { Agent, request } from 'undici';

/** Columns or fields by name. */
export type Values = Readonly<Record<string, unknown>>;

/** A committed state as an emulator logs it. */
export type CommittedState = Values & Numbered;

type Numbered = { readonly sequence: number };

export type ControlApi = {
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  delete<Answer>(path: string): Promise<Answer>;
  /** Every committed state, oldest first. */
  states<State extends Numbered = CommittedState>(): Promise<readonly State[]>;
  /** The number of the newest committed state. */
  lastState(): Promise<number>;
};

const statesPageSize = 1_000;
/** Each call has its own connection: one that was kept is closed when the machine stood still for a while. */
const unkept = new Agent({ pipelining: 0 });

/** An emulator's control API. Its calls throw with the emulator's own words when refused. */
export function createControlApi(url: string): ControlApi {
  async function call<Answer>(
    path: string,
    body?: unknown,
    method: 'GET' | 'POST' | 'DELETE' = body === undefined ? 'GET' : 'POST',
  ): Promise<Answer> {
    const answer = await request(`${url}/_control/${path}`, {
      ...{ method, dispatcher: unkept },
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return JSON.parse(text) as Answer;
  }
  const page = <State>(after: number, limit: number) =>
    call<{ states: readonly State[]; last: number }>(`states?after=${after}&limit=${limit}`);
  return {
    get: (path) => call(path),
    post: (path, body) => call(path, body),
    delete: (path) => call(path, undefined, 'DELETE'),
    async states<State extends Numbered>() {
      const all: State[] = [];
      for (;;) {
        const { states } = await page<State>(all.at(-1)?.sequence ?? 0, statesPageSize);
        if (states.length === 0) return all;
        all.push(...states);
      }
    },
    lastState: async () => (await page(Number.MAX_SAFE_INTEGER, 1)).last,
  };
}
