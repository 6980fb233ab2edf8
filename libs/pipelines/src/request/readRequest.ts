import type { RequestKind } from '@lockstep/change-events';

/** What was asked for, or what is wrong with it, in names of arguments and never their values. */
export type ReadRequest =
  | { readonly kind: RequestKind; readonly arguments: Readonly<Record<string, string>> }
  | { readonly fault: string };

/** What a person who writes a request may say; `required` are those without which nothing can be done. */
type Shape = { readonly required: readonly string[]; readonly optional: readonly string[] };

const shapes: Readonly<Record<RequestKind, Shape>> = {
  SYNC_PERSON: { required: [], optional: ['as', 'owner'] },
  CHANGE_OWNER: { required: ['owner'], optional: [] },
  CREATE_TASK: { required: ['subject'], optional: ['description', 'due', 'status', 'owner'] },
  ADD_TO_CAMPAIGN: { required: ['campaign'], optional: [] },
  REMOVE_FROM_CAMPAIGN: { required: ['campaign'], optional: [] },
};

/** Every word for a kind, as it is left of what people write once only its letters are looked at. */
const kindsByWord: ReadonlyMap<string, RequestKind> = new Map([
  ['sync', 'SYNC_PERSON'],
  ...(Object.keys(shapes) as RequestKind[]).map((kind) => [lettersOf(kind), kind] as const),
]);

/** Of a description; the subject of a task holds 200 characters in Dataverse. */
const lengthMax = 10_000;
const lengthsMax: Readonly<Record<string, number>> = { subject: 200, status: 100, owner: 320, campaign: 128 };

/** What is filled in: the step inserts a lead (F-21), a task is due in 5 days (F-35). */
const defaults: Partial<Readonly<Record<RequestKind, Readonly<Record<string, string>>>>> = {
  SYNC_PERSON: { as: 'lead' },
  CREATE_TASK: { due: '5' },
};

/** Values that have a form; every other is free text. */
const forms: Readonly<Record<string, { readonly pattern: RegExp; readonly words: string }>> = {
  as: { pattern: /^(lead|contact)$/, words: 'lead or contact' },
  due: { pattern: /^(\d{1,3}|\d{4}-\d{2}-\d{2})$/, words: 'a number of days or a date such as 2026-03-31' },
};

/**
 * Reads what a marketer wrote. Words for kinds are taken in any case and with any separator; an argument that is blank counts as
 * left out, since a token of Marketo without a value is.
 */
export function readRequest(
  kindWords: string,
  given: Readonly<Record<string, string | null | undefined>>,
): ReadRequest {
  const kind = kindsByWord.get(lettersOf(kindWords));
  if (!kind)
    return {
      fault: 'request: not one of sync, change owner, create task, add to campaign, remove from campaign',
    };
  const named = namedArguments(given);
  const faults = [...missingOf(kind, named), ...[...named].flatMap((pair) => faultOf(kind, pair))];
  if (faults.length > 0) return { fault: faults.join('; ') };

  return { kind, arguments: { ...defaults[kind], ...Object.fromEntries(named) } };
}

/** The arguments that a request of this kind may have. */
export function argumentNames(kindWords: string): readonly string[] {
  const kind = kindsByWord.get(lettersOf(kindWords));

  return kind ? [...shapes[kind].required, ...shapes[kind].optional] : [];
}

function lettersOf(words: string): string {
  return words.toLowerCase().replace(/[^a-z]/g, '');
}

function namedArguments(given: Readonly<Record<string, string | null | undefined>>): Map<string, string> {
  return new Map(
    Object.entries(given).flatMap(([name, value]) => {
      const text = value?.trim() ?? '';
      const key = name.trim().toLowerCase();

      return text === '' ? [] : [[key, key === 'as' ? text.toLowerCase() : text] as const];
    }),
  );
}

function missingOf(kind: RequestKind, named: ReadonlyMap<string, string>): string[] {
  return shapes[kind].required.filter((name) => !named.has(name)).map((name) => `${name}: missing`);
}

function faultOf(kind: RequestKind, [name, value]: readonly [string, string]): string[] {
  const { required, optional } = shapes[kind];
  if (![...required, ...optional].includes(name))
    return [`${/^[a-z]{1,20}$/.test(name) ? name : 'some text'}: not an argument of this request`];
  const longest = lengthsMax[name] ?? lengthMax;
  if (value.length > longest) return [`${name}: longer than ${longest} characters`];
  const form = forms[name];
  if (!form) return [];
  if (!form.pattern.test(value) || isNoDate(name, value)) return [`${name}: not ${form.words}`];

  return [];
}

/** Such as February 31. */
function isNoDate(name: string, value: string): boolean {
  if (name !== 'due' || !value.includes('-')) return false;
  const timeMs = Date.parse(value);

  return Number.isNaN(timeMs) || !new Date(timeMs).toISOString().startsWith(value);
}
