import { cellTest, type CellTest } from './cellTests.ts';
import type { ColumnDefinition } from './columnDefinition.ts';
import { badRequest, errorCodes, type DataverseError } from './dataverseError.ts';
import { textOf } from './filterSyntax.ts';

/** What a query function is applied to. */
export interface QueryFunctionCall {
  readonly name: string;
  readonly column: ColumnDefinition;
  readonly values: readonly string[];
  readonly nowMs: number;
  readonly callerId: string;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

function unsupported({ name, column }: QueryFunctionCall): DataverseError {
  return badRequest(
    errorCodes.invalidArgument,
    `The query function '${name}' is not supported for '${column.name}' with these values.`,
  );
}

function not(test: CellTest): CellTest {
  return (cell) => !test(cell);
}

function isIn({ column, values }: QueryFunctionCall): CellTest {
  return cellTest(column, 'in', values);
}

function isBetween(call: QueryFunctionCall): CellTest {
  const [low, high, ...rest] = call.values;
  if (low === undefined || high === undefined || rest.length > 0) throw unsupported(call);
  const tests = [cellTest(call.column, 'ge', [low]), cellTest(call.column, 'le', [high])];
  return (cell) => tests.every((test) => test(cell));
}

/** Any of the options, as both work on columns with several. */
function containsValues({ values }: QueryFunctionCall): CellTest {
  const wanted = new Set(values.map(textOf));
  return (cell) =>
    cell !== null &&
    String(cell)
      .split(',')
      .some((value) => wanted.has(value));
}

function startOfDay(atMs: number): number {
  return Math.floor(atMs / dayMs) * dayMs;
}

/** From the first moment up to, but without, the second. */
function within(fromMs: number, toMs: number): CellTest {
  return (cell) => {
    const atMs = typeof cell === 'string' ? Date.parse(cell) : Number.NaN;
    return atMs >= fromMs && atMs < toMs;
  };
}

function givenDay(call: QueryFunctionCall): number {
  const atMs = Date.parse(textOf(call.values[0] ?? ''));
  if (Number.isNaN(atMs)) throw unsupported(call);
  return startOfDay(atMs);
}

function dayFrom(call: QueryFunctionCall, days: number): CellTest {
  const start = startOfDay(call.nowMs) + days * dayMs;
  return within(start, start + dayMs);
}

function isOn(call: QueryFunctionCall): CellTest {
  const start = givenDay(call);
  return within(start, start + dayMs);
}

function addMonths(atMs: number, months: number): number {
  const date = new Date(atMs);
  return date.setUTCMonth(date.getUTCMonth() + months);
}

const shifts: Readonly<Record<string, (atMs: number, count: number) => number>> = {
  Hours: (atMs, count) => atMs + count * hourMs,
  Days: (atMs, count) => atMs + count * dayMs,
  Weeks: (atMs, count) => atMs + 7 * count * dayMs,
  Months: (atMs, count) => addMonths(atMs, count),
  Years: (atMs, count) => addMonths(atMs, 12 * count),
};

/** From and to which moment, for a start of the hour or day, a shift by the count and the present moment. */
const spans: Readonly<
  Record<string, (now: number, by: (sign: number) => number, gridMs: number) => CellTest>
> = {
  NextX: (now, by, gridMs) => within(now, by(1) + gridMs),
  LastX: (now, by) => within(by(-1), now + 1),
  OlderThanX: (_now, by) => within(-Infinity, by(-1)),
};

/** `LastXDays`, `NextXHours`, `OlderThanXMonths` and the like: whole hours or days, up to or from this moment. */
function relative(call: QueryFunctionCall): CellTest {
  const [direction = '', unit = ''] = call.name.split(/(?<=X)/);
  const [span, shift] = [spans[direction], shifts[unit]];
  const count = Number(textOf(call.values.join()));
  if (!span || !shift || !Number.isInteger(count)) throw unsupported(call);
  const gridMs = unit === 'Hours' ? hourMs : dayMs;
  const floor = Math.floor(call.nowMs / gridMs) * gridMs;
  return span(call.nowMs, (sign) => shift(floor, sign * count), gridMs);
}

const functions: Readonly<Record<string, (call: QueryFunctionCall) => CellTest>> = {
  In: isIn,
  NotIn: (call) => not(isIn(call)),
  Between: isBetween,
  NotBetween: (call) => not(isBetween(call)),
  ContainValues: containsValues,
  DoesNotContainValues: (call) => not(containsValues(call)),
  On: isOn,
  NotOn: (call) => not(isOn(call)),
  OnOrAfter: (call) => within(givenDay(call), Infinity),
  OnOrBefore: (call) => within(-Infinity, givenDay(call) + dayMs),
  Today: (call) => dayFrom(call, 0),
  Yesterday: (call) => dayFrom(call, -1),
  Tomorrow: (call) => dayFrom(call, 1),
  EqualUserId:
    ({ callerId }) =>
    (cell) =>
      cell === callerId,
  NotEqualUserId:
    ({ callerId }) =>
    (cell) =>
      cell !== callerId,
};

/** The test of `Microsoft.Dynamics.CRM.<name>(PropertyName=…)`. Days are those of UTC. Throws 400 for others. */
export function queryFunctionTest(call: QueryFunctionCall): CellTest {
  return (functions[call.name] ?? relative)(call);
}
