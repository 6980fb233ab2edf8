/** One thing that is not as it must be, or that is excused; `ids` name records, `reason` a rule in words. */
export type Finding = {
  readonly what: string;
  readonly ids: readonly string[];
  readonly reason: string;
};

/** What must be empty, by kind (design section 6). */
export const findingKinds = [
  'lost',
  'doubled',
  'missing',
  'flipFlopped',
  'revived',
  'stuck',
  'echoes',
  'unexplainedWrites',
  'topicGaps',
  'optOutsLost',
  'delayed',
  'differences',
  'unexpected',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** What was checked and what was found; `exempt` lists what need not hold, each with its reason. */
export type Verdict = Readonly<Record<FindingKind, readonly Finding[]>> & {
  readonly exempt: readonly Finding[];
  readonly linkedPairs: number;
  /** Edits by people, field by field. */
  readonly edits: number;
  readonly conflicts: number;
  /** Nothing was found. */
  readonly clean: boolean;
};

export type Findings = Record<FindingKind | 'exempt', Finding[]>;

export function noFindings(): Findings {
  const lists = [...findingKinds, 'exempt' as const].map((kind) => [kind, [] as Finding[]] as const);
  return Object.fromEntries(lists) as Findings;
}

/** How many findings of each kind, for reports. */
export function countFindings(verdict: Verdict): Readonly<Record<FindingKind, number>> {
  return Object.fromEntries(findingKinds.map((kind) => [kind, verdict[kind].length])) as Record<
    FindingKind,
    number
  >;
}
