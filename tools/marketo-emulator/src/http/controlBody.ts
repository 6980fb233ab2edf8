import type { ControlActor } from '../core/controlEdits.ts';
import { ControlError } from '../core/controlError.ts';

type Body = Readonly<Record<string, unknown>>;

/** The JSON object of a control call; throws 400. Bodies arrive as text because the REST side must judge its own JSON. */
export function bodyOf(text: unknown): Body {
  try {
    const body: unknown = JSON.parse(typeof text === 'string' && text !== '' ? text : '{}');
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return { ...body };
  } catch {
    throw new ControlError(400, ['the body is not JSON']);
  }
  throw new ControlError(400, ['the body must be a JSON object']);
}

/** Who acts, as a control call says it. */
export function actorOf(parts: Body): ControlActor {
  const entries = ['actor', 'source', 'reason']
    .map((name) => [name, parts[name]] as const)
    .filter(([, value]) => typeof value === 'string');
  return Object.fromEntries(entries);
}
