/** A commit of the emulated Marketo, in the order of its log. */
export type Written = {
  readonly atMs: number;
  readonly personId: number;
  /** The golden id that the person carries. */
  readonly goldenId: string | null;
  /** What its title tells; null without one. */
  readonly revision: number | null;
};

export type Commanded = {
  readonly commandId: string;
  readonly goldenId: string;
  readonly revision: number;
  readonly isWrite: boolean;
  readonly issuedAtMs: number;
};

export type MetFault = { readonly kind: string; readonly atMs: number };

export type DeliveryHistory = {
  readonly written: readonly Written[];
  readonly commands: readonly Commanded[];
  readonly answered: ReadonlySet<string>;
  readonly faults: readonly MetFault[];
};

/** The rules, by what breaks them. */
export const findingKinds = ['DOUBLED', 'LOST', 'OLDER', 'UNANSWERED'] as const;

/** What breaks a rule: of whom, which revision, and the fault next to it in time. */
export type DeliveryFinding = {
  readonly kind: (typeof findingKinds)[number];
  readonly goldenId: string;
  readonly revision: number | null;
  readonly fault: string | null;
};

type Found = Omit<DeliveryFinding, 'fault'> & { readonly atMs: number };

/**
 * Judges deliveries by Marketo's own log of commits: nobody is there twice, everybody holds the last revision that was
 * commanded, no revision follows a higher one of the same person; and every command was answered.
 */
export function judgeDeliveries(history: DeliveryHistory): readonly DeliveryFinding[] {
  const found = [
    ...findDoubled(history),
    ...findLost(history),
    ...findOlder(history),
    ...findUnanswered(history),
  ];
  return found.map(({ atMs, ...finding }) => ({ ...finding, fault: faultNear(history.faults, atMs) }));
}

function findDoubled({ written }: DeliveryHistory): readonly Found[] {
  const first = new Map<string, number>();
  const doubles = new Set<number>();
  return written.flatMap(({ goldenId, personId, revision, atMs }) => {
    if (goldenId === null) return [];
    if (!first.has(goldenId)) first.set(goldenId, personId);
    if (first.get(goldenId) === personId || doubles.has(personId)) return [];
    doubles.add(personId);
    return [{ kind: 'DOUBLED' as const, goldenId, revision, atMs }];
  });
}

function findLost({ written, commands }: DeliveryHistory): readonly Found[] {
  const held = new Map(written.map(({ goldenId, revision }) => [goldenId, revision]));
  const wanted = new Map<string, Commanded>();
  for (const command of commands)
    if (command.isWrite && command.revision > (wanted.get(command.goldenId)?.revision ?? 0))
      wanted.set(command.goldenId, command);
  return [...wanted.values()]
    .filter(({ goldenId, revision }) => held.get(goldenId) !== revision)
    .map(({ goldenId, revision, issuedAtMs: atMs }) => ({ kind: 'LOST', goldenId, revision, atMs }));
}

/** The fault that matters is the one when the revision was sent: it may be committed much later. */
function findOlder({ written, commands }: DeliveryHistory): readonly Found[] {
  const issuedAtMs = new Map(commands.map((each) => [`${each.goldenId}/${each.revision}`, each.issuedAtMs]));
  const highest = new Map<string, number>();
  return written.flatMap(({ goldenId, revision, atMs }) => {
    if (goldenId === null || revision === null) return [];
    const before = highest.get(goldenId) ?? 0;
    highest.set(goldenId, Math.max(before, revision));
    const sentAtMs = issuedAtMs.get(`${goldenId}/${revision}`) ?? atMs;
    return revision < before ? [{ kind: 'OLDER' as const, goldenId, revision, atMs: sentAtMs }] : [];
  });
}

function findUnanswered({ commands, answered }: DeliveryHistory): readonly Found[] {
  return commands
    .filter(({ commandId }) => !answered.has(commandId))
    .map(({ goldenId, revision, issuedAtMs: atMs }) => ({ kind: 'UNANSWERED', goldenId, revision, atMs }));
}

function faultNear(faults: readonly MetFault[], atMs: number): string | null {
  const byDistance = faults.toSorted(
    (left, right) => Math.abs(left.atMs - atMs) - Math.abs(right.atMs - atMs),
  );
  const [fault] = byDistance;
  if (fault === undefined) return null;
  const seconds = Math.round((fault.atMs - atMs) / 1_000);
  return `${fault.kind} ${Math.abs(seconds)} s ${seconds < 0 ? 'earlier' : 'later'}`;
}
