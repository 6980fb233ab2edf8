import type { Scalar, System } from '@lockstep/change-events';
import { pieces, type Action, type Fault, type HumanAct, type ProcessName } from './actions.ts';
import type { Random } from './random.ts';

/** Golden fields that people edit in the simulation, by kind; the rest of the default mapping behaves like one of them. */
const texts = ['firstName', 'phone', 'city'] as const;
const optOuts = ['unsubscribed', 'doNotCall'] as const;
/** Fields that only one side may change, edited on both. */
const oneWay = ['leadScore', 'crmStatusReason'] as const;

type Chances = { readonly faultShare: number; readonly expires: boolean };
const isText = (field: string): boolean => (texts as readonly string[]).includes(field);

type Draw = { creation(): HumanAct; act(): HumanAct };

/** Edits gather on the same few records and fields, so that they collide. */
export function createDraw(random: Random): Draw {
  let count = 0;
  let last: { slot: number; field: string; side: System } | null = null;
  const fresh = (name: string): string => `${name} ${(count += 1)}`;
  const slot = () => (random.chance(0.6) ? 0 : random.below(5));
  const side = (): System => random.pick(['dynamics', 'marketo']);
  const email = () => `${random.pick(['ada', 'bo', 'cy'])}@example.com`;
  const fieldAndValue = (): [string, Scalar] => drawFieldAndValue(random, { fresh, email });
  /** The same field again, on the other side as a rule. */
  const collideWith = (former: { slot: number; field: string; side: System }) => {
    const other = former.side === 'dynamics' ? ('marketo' as const) : ('dynamics' as const);
    return { ...former, side: random.chance(0.7) ? other : former.side };
  };
  const valueFor = (field: string): Scalar | { readonly former: true } =>
    isText(field) && random.chance(0.6) ? fresh(field) : { former: true };
  const edit = (returns: boolean): HumanAct => {
    const [drawn, value] = fieldAndValue();
    const next =
      last && random.chance(0.35) ? collideWith(last) : { slot: slot(), field: drawn, side: side() };
    last = next;
    return { do: 'edit', ...next, value: returns || next.field !== drawn ? valueFor(next.field) : value };
  };
  return {
    creation: () => ({
      do: 'create',
      side: random.chance(0.65) ? 'dynamics' : 'marketo',
      table: random.pick(['lead', 'contact']),
      values: {
        lastName: fresh('lastName'),
        email: email(),
        ...(random.chance(0.6) && { phone: fresh('phone') }),
        ...(random.chance(0.3) && { unsubscribed: true }),
        ...(random.chance(0.3) && { city: fresh('city') }),
      },
    }),
    act() {
      const kind = random.next();
      if (kind < 0.82) return edit(kind > 0.72);
      if (kind < 0.88) return { do: 'filter', slot: slot(), value: random.pick([true, false, false, null]) };
      if (kind < 0.94)
        return { do: 'delete', side: random.chance(0.3) ? 'dynamics' : 'marketo', slot: slot() };
      return this.creation();
    },
  };
}

type Makers = { fresh(name: string): string; email(): string };

function drawFieldAndValue(random: Random, { fresh, email }: Makers): [string, Scalar] {
  const kind = random.next();
  if (kind < 0.5) {
    const field = random.pick(texts);
    return [field, random.chance(0.15) ? null : fresh(field)];
  }
  if (kind < 0.7) return [random.pick(optOuts), random.chance(0.6)];
  if (kind < 0.8) return ['email', email()];
  if (kind < 0.87) return ['leadSource', random.pick(['Partner', 'Web', 'Seminar'])];
  if (kind < 0.93) return ['annualRevenue', random.pick(['100', '250.5', '3000'])];
  const field = random.pick(oneWay);
  return [field, field === 'leadScore' ? random.below(100) : random.pick(['Contacted', 'Lost'])];
}

const processes: readonly [ProcessName, ...ProcessName[]] = ['extractor', 'marketing', 'reconciler'];

export function drawAction(random: Random, draw: Draw, { faultShare, expires }: Chances): Action {
  const kind = random.next();
  if (kind < 0.27) return { kind: 'human', act: draw.act() };
  if (kind < 0.34) return { kind: 'pass', ms: random.pick([300, 2_000, 5_000, 20_000, 100_000, 130_000]) };
  if (kind < 0.385 && faultShare > 0) return drawMishap(random, kind, expires);
  return {
    kind: 'step',
    piece: random.pick([...pieces, 'notify', 'route', 'route', 'reconcile', 'reconcile', 'deliver', 'write']),
    choice: random.below(6),
    messagesMax: random.chance(0.5) ? 100 : 1 + random.below(3),
    fault: random.chance(faultShare) ? drawFault(random, draw) : null,
  };
}

function drawMishap(random: Random, kind: number, expires: boolean): Action {
  if (kind < 0.35) return { kind: 'restart', process: random.pick(processes) };
  if (kind < 0.37 || (kind < 0.375 && !expires)) return { kind: 'wake', process: random.pick(processes) };
  return kind < 0.38 && expires ? { kind: 'expire-positions' } : { kind: 'commit-late' };
}

export function drawFault(random: Random, draw: Pick<Draw, 'act'>): Fault {
  const kind = random.pick(['crash', 'crash', 'error', 'error', 'later', 'act', 'act', 'sleep'] as const);
  const fault = {
    call: random.below(random.pick([2, 4, 8])),
    when: random.pick(['before', 'after'] as const),
    kind,
  };
  return kind === 'act' ? { ...fault, act: draw.act() } : fault;
}
