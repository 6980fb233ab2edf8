import type { Setting } from './setting.ts';

export type SettingValue = string | number | boolean | readonly string[];

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
    case 'boolean':
      return ['true', 'false'].includes(text)
        ? { value: text === 'true' }
        : { fault: 'must be true or false.' };
    case 'list':
      return readList(setting, text);
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

function readChoice({ choices = [] }: Setting, text: string): Reading {
  return choices.includes(text) ? { value: text } : { fault: `must be one of ${choices.join(', ')}.` };
}
