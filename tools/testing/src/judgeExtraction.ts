import { topics, type ChangeEvent, type Checkpoint, type Sequence } from '@lockstep/change-events';
import { readTopics, type TopicMessage } from './readTopics.ts';
import type { Extraction } from './startExtraction.ts';

/** What a topic must be after quiet; each list holds what breaks the rule. */
export type ExtractionVerdict = {
  readonly rows: number;
  readonly messages: number;
  /** Rows whose latest version is not the last event of their key. */
  readonly missing: readonly string[];
  /** Rows that are gone, and whose last event is not a DELETE. */
  readonly undeleted: readonly string[];
  /** Events of pages that no checkpoint vouches for: an aborted page that can be seen. */
  readonly aborted: readonly string[];
  /** Pages whose number was used twice, or that were committed after a higher one. */
  readonly pageNumbersTwice: readonly string[];
  /** Pages of a full read that the server answered again. */
  readonly pagesFetchedAgain: number;
};

type Call = {
  readonly sequence: number;
  readonly method: string;
  readonly path: string;
  readonly status: number | null;
};

const table = 'lead';

/** Reads the topic as another team's consumer would, and holds it against the rows and the calls of the emulator. */
export async function judgeExtraction(extraction: Extraction): Promise<ExtractionVerdict> {
  const names = [topics.dynamicsChanges(table), topics.checkpoints];
  const messages = await readTopics({ ...extraction, names });
  const events = messages.filter(({ topic }) => topic === names[0]);
  const checkpoints = messages.flatMap(({ topic, key, value }) =>
    topic === names[1] && key === `dynamics/${table}` && value !== null ? [value as Checkpoint] : [],
  );
  const rows = new Map(
    (await extraction.dynamics.rows(table)).map((row) => [
      String(row['leadid']),
      Number(row['versionnumber']),
    ]),
  );
  return {
    rows: rows.size,
    messages: events.length,
    ...judgeLatest(events, rows),
    ...judgePages(events, checkpoints),
    pagesFetchedAgain: countRepeats(await readCalls(extraction)),
  };
}

function judgeLatest(
  events: readonly TopicMessage[],
  rows: ReadonlyMap<string, number>,
): Pick<ExtractionVerdict, 'missing' | 'undeleted'> {
  const latest = new Map<string, ChangeEvent>();
  for (const { key, value } of events) if (value !== null) latest.set(key, value as ChangeEvent);
  return {
    missing: [...rows]
      .filter(([id, version]) => latest.get(id)?.version?.number !== version)
      .map(([id]) => id),
    undeleted: [...latest]
      .filter(([id, { operation }]) => !rows.has(id) && operation !== 'DELETE')
      .map(([id]) => id),
  };
}

const nameOf = ({ epoch, number }: Sequence): string => `${epoch}.${number}`;

function judgePages(
  events: readonly TopicMessage[],
  checkpoints: readonly Checkpoint[],
): Pick<ExtractionVerdict, 'aborted' | 'pageNumbersTwice'> {
  const committed = new Set(checkpoints.map(({ page }) => nameOf(page)));
  const pages = events.flatMap(({ key, value }) =>
    value === null ? [] : [{ key, page: nameOf((value as ChangeEvent).page) }],
  );
  const seen = new Set<string>();
  const twice = pages.filter(({ key, page }) => seen.size === seen.add(`${page}/${key}`).size);
  return {
    aborted: [...new Set(pages.map(({ page }) => page).filter((page) => !committed.has(page)))],
    pageNumbersTwice: [...new Set([...twice.map(({ page }) => page), ...fallen(checkpoints)])],
  };
}

/** A number is taken once, in rising order, whoever takes it; notices are saved under the number of the page before. */
function fallen(checkpoints: readonly Checkpoint[]): readonly string[] {
  return checkpoints
    .filter(({ page }, at) => {
      const before = checkpoints[at - 1]?.page ?? { epoch: 0, number: 0 };
      return page.epoch < before.epoch || (page.epoch === before.epoch && page.number < before.number);
    })
    .map(({ page }) => nameOf(page));
}

async function readCalls({ dynamics }: Extraction): Promise<readonly Call[]> {
  const all: Call[] = [];
  for (;;) {
    const after = all.at(-1)?.sequence ?? 0;
    const { calls } = await dynamics.control.get<{ calls: readonly Call[] }>(
      `calls?after=${after}&limit=1000`,
    );
    if (calls.length === 0) return all;
    all.push(...calls);
  }
}

/** The pages of a full read have a link of their own each; one that was answered twice was fetched again. */
function countRepeats(calls: readonly Call[]): number {
  const pages = calls.filter(
    ({ method, path, status }) => method === 'GET' && status === 200 && /skiptoken=/.test(path),
  );
  return pages.length - new Set(pages.map(({ path }) => path)).size;
}
