import type { Setting } from './setting.ts';

export type SettingValue =
  string | number | boolean | readonly string[] | Readonly<Record<string, readonly string[]>>;

/** A value, or the sentence that follows the setting's name in the report. */
export type Reading = { readonly value: SettingValue } | { readonly fault: string };

/** Reads one text by the setting's kind. Faults quote no text: it may be a secret in the wrong place. */
export function readSetting(setting: Setting, text: string): Reading {
  switch (setting.kind) {
    case 'string':
      return shaped(setting, text);
    case 'url':
      return readUrl(setting, text);
    case 'integer':
      return readInteger(setting, text);
    case 'number':
      return readNumber(setting, text);
    case 'boolean':
      return ['true', 'false'].includes(text)
        ? { value: text === 'true' }
        : { fault: 'must be true or false.' };
    case 'list':
      return readList(setting, text);
    case 'lists':
      return readLists(setting, text);
    case 'choice':
      return readChoice(setting, text);
  }
}

function shaped(setting: Setting, text: string): Reading {
  if (setting.shape === undefined || setting.shape.pattern.test(text)) return { value: text };

  return { fault: `must be ${setting.shape.words}.` };
}

function readUrl(setting: Setting, text: string): Reading {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text)) {
    return { fault: 'must be a URL that starts with http:// or https://.' };
  }

  return shaped(setting, text.replace(/\/+$/, ''));
}

function readInteger({ min, max }: Setting, text: string): Reading {
  const value = Number(text);
  const isWhole = /^-?\d+$/.test(text) && Number.isSafeInteger(value);
  if (isWhole && value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return { value };

  return { fault: `must be a whole number${rangeWords(min, max)}.` };
}

function readNumber({ min, max }: Setting, text: string): Reading {
  const value = Number(text);
  const isPlain = /^-?\d+(\.\d+)?$/.test(text);
  if (isPlain && value >= (min ?? -Infinity) && value <= (max ?? Infinity)) return { value };

  return { fault: `must be a number${rangeWords(min, max)}.` };
}

function rangeWords(min?: number, max?: number): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return `, at least ${min}`;

  return max === undefined ? '' : `, at most ${max}`;
}

function readList(setting: Setting, text: string): Reading {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items.length === 0) return { fault: 'must name at least one item, separated by commas.' };
  if (new Set(items).size < items.length) return { fault: 'names an item twice.' };

  const wrong = items.findIndex((item) => setting.shape !== undefined && !setting.shape.pattern.test(item));

  return wrong === -1 ? { value: items } : { fault: `item ${wrong + 1} must be ${setting.shape?.words}.` };
}

function readLists(setting: Setting, text: string): Reading {
  const lists = new Map<string, readonly string[]>();
  for (const part of text.split(';').filter((one) => one.trim() !== '')) {
    const place = `part ${lists.size + 1}`;
    const [name, reading] = readNamedList(setting, part);
    if ('fault' in reading) return { fault: `${place} ${reading.fault}` };
    if (lists.has(name)) return { fault: `${place} names a list twice.` };
    lists.set(name, reading.value as readonly string[]);
  }

  return { value: Object.fromEntries(lists) };
}

/** The name is checked like the items, because both are names of things. */
function readNamedList(setting: Setting, part: string): readonly [name: string, reading: Reading] {
  const [name = '', items, ...more] = part.split('=').map((one) => one.trim());
  const isNamed = more.length === 0 && setting.shape?.pattern.test(name) !== false;
  if (items !== undefined && isNamed) return [name, readList(setting, items)];

  return [name, { fault: `must be name=item,item, each ${setting.shape?.words ?? 'a name'}.` }];
}

function readChoice({ choices = [] }: Setting, text: string): Reading {
  return choices.includes(text) ? { value: text } : { fault: `must be one of ${choices.join(', ')}.` };
}
