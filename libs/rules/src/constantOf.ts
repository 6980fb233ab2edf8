import { canonicalDecimal, isoTime } from '@lockstep/change-events';
import type { GoldenType } from '@lockstep/reconciliation';

type Constant = string | number | boolean;

/** A constant in the form in which both sides show it, so that it never looks like an edit; undefined for one that is not of the type. */
export function constantOf(type: GoldenType, constant: Constant): Constant | undefined {
  if (type === 'boolean') return typeof constant === 'boolean' ? constant : undefined;
  if (type === 'integer') return Number.isSafeInteger(constant) ? constant : undefined;
  if (type === 'decimal') return decimalOf(String(constant));

  return typeof constant === 'string' && constant !== '' ? textOf(type, constant) : undefined;
}

function textOf(type: GoldenType, text: string): string | undefined {
  if (type === 'timestamp') return timeOf(text);

  return type === 'date' ? dayOf(text) : text;
}

function decimalOf(text: string): string | undefined {
  try {
    return canonicalDecimal(text);
  } catch {
    return undefined;
  }
}

function timeOf(text: string): string | undefined {
  const timeMs = Date.parse(text);

  return Number.isNaN(timeMs) ? undefined : isoTime(Math.floor(timeMs / 1000) * 1000);
}

const dayLength = '2026-11-28'.length;

/** A day that is in no calendar is none. */
function dayOf(text: string): string | undefined {
  const isDay = text.length === dayLength && timeOf(`${text}T00:00:00Z`)?.startsWith(text);

  return isDay ? text : undefined;
}
