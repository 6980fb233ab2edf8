/** What a terminal would act on, and what turns the direction of text; line breaks and tabs lay out what we print. */
const controls = /(?![\n\t])[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A line as a terminal may show it: strangers fill in the forms that values come from, and a terminal obeys what it is shown.
 * Controls become escapes, which are also right inside JSON.
 */
export const printable = (line: string): string =>
  line.replaceAll(controls, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
