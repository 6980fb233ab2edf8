import { canonicalDecimal, isoTime } from '@lockstep/change-events';
import type { GoldenType } from '@lockstep/reconciliation';

type Constant = string | number | boolean;

/** A constant in the form in which both sides show it, so that it never looks like an edit; undefined for one that is not of the type. */
export function constantOf(type: GoldenType, constant: Constant): Constant | undefined {
  switch (type) {
    case 'boolean':
      return typeof constant === 'boolean' ? constant : undefined;
    case 'integer':
      return Number.isSafeInteger(constant) ? constant : undefined;
    case 'decimal':
      return typeof constant === 'boolean' ? undefined : decimalOf(String(constant));
    case 'timestamp':
      return typeof constant === 'string' ? timeOf(constant) : undefined;
    case 'date':
      return typeof constant === 'string' && constant.length === dayLength ? dayOf(constant) : undefined;
    default:
      return typeof constant === 'string' && constant !== '' ? constant : undefined;
  }
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
  const isDay = timeOf(`${text}T00:00:00Z`)?.startsWith(text) ?? false;

  return isDay ? text : undefined;
}
