/**
 * The table rows of a Markdown text as cells, without header rules; a cell keeps its back-ticks. An escaped pipe stays
 * inside its cell.
 */
export function markdownRows(markdown: string): string[][] {
  return markdown
    .split('\n')
    .filter((line) => line.trimStart().startsWith('|') && !/^[\s|:-]+$/.test(line))
    .map((line) => line.trim().replace(/^\|/, '').replace(/\|$/, ''))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()));
}

/** The text of a cell that is one back-ticked word, such as `` `KAFKA_BROKERS` ``; undefined for any other cell. */
export function quotedName(cell: string | undefined): string | undefined {
  return /^`([^`\s]+)`$/.exec(cell ?? '')?.[1];
}
