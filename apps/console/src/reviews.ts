import type { Standing } from '@lockstep/pipelines';
import type { Environment } from '@lockstep/service-runtime';
import { actorHere } from './actorHere.ts';
import { loadApiConfig } from './config.ts';
import { eachPage } from './eachPage.ts';
import { openClient } from './operatorClient.ts';

type Person = {
  readonly goldenId: string;
  readonly rows: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
};

type Review = Person & {
  readonly since: string;
  readonly troubles: readonly { readonly code: string }[];
  readonly candidates: readonly (Person & { readonly standing: Standing })[];
};

type Print = (line: string) => void;

/** Prints records that wait for somebody to decide, each with everybody who has the same address. */
export async function listReviews(
  env: Environment,
  { json }: { json: boolean },
  print: Print,
): Promise<void> {
  const client = openClient(loadApiConfig(env));
  let shown = 0;
  await eachPage(async (after: string | undefined) => {
    const page = await client.get<{ reviews: readonly Review[]; next: string | null }>('/v1/reviews', {
      after,
    });
    shown += page.reviews.length;
    for (const review of page.reviews)
      for (const line of json ? [JSON.stringify(review)] : linesOf(review)) print(line);

    return page.next ?? undefined;
  });
  if (shown === 0 && !json) print('Nothing waits for a decision.');
}

const standings: Readonly<Record<Standing, string>> = {
  free: 'may join          ',
  left: 'may join, row gone',
  taken: 'is taken          ',
};

function linesOf(review: Review): string[] {
  return [
    `${review.since} ${review.troubles.map(({ code }) => code).join(' ')} ${personText(review)}`,
    ...review.candidates.map((other) => `  ${standings[other.standing]} ${personText(other)}`),
  ];
}

const personText = ({ goldenId, rows, fields }: Person): string =>
  [goldenId, ...rows, ...Object.entries(fields).map(([name, value]) => `${name}=${String(value)}`)].join(' ');

export type ReviewDecision = {
  readonly goldenId: string;
  readonly decision: 'join' | 'separate' | 'recreate' | 'stay-away';
  readonly with?: string;
  readonly actor?: string;
};

/** Decides about one of them; its owner carries it out. */
export async function decideReview(env: Environment, asked: ReviewDecision, print: Print): Promise<void> {
  const { goldenId, actor = actorHere(), ...decision } = asked;
  const path = `/v1/records/${encodeURIComponent(goldenId)}/review`;
  await openClient(loadApiConfig(env)).post(path, { ...decision, actor });
  print(`${goldenId} is decided: ${decision.decision}.`);
}
