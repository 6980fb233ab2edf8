import type { CellValue, Row } from './columnDefinition.ts';

/** One version of a row as the store keeps it: its cells as one text, so that a million rows fit in memory. */
export interface StoredRow {
  readonly version: number;
  readonly text: string;
}

/** Turns the rows of one table into texts and back. */
export interface RowPacker {
  pack(row: Row): string;
  unpack(stored: StoredRow): Row;
  /** Drops a property from all texts, for good. */
  forget(property: string): void;
}

const separator = '\u0001';
const escape = '\u0002';
const versionProperty = 'versionnumber';
const sharedMax = 65_536;

function escaped(value: string): string {
  if (!value.includes(separator) && !value.includes(escape)) return value;
  return value.replaceAll(escape, `${escape}e`).replaceAll(separator, `${escape}s`);
}

function restored(text: string): string {
  if (!text.includes(escape)) return text;
  return text.replaceAll(`${escape}s`, separator).replaceAll(`${escape}e`, escape);
}

function cellText(value: CellValue | undefined): string {
  switch (typeof value) {
    case 'string':
      return `s${escaped(value)}`;
    case 'number':
      return `n${value}`;
    case 'boolean':
      return value ? 't' : 'f';
    default:
      return '';
  }
}

function cellValue(text: string): CellValue {
  const kind = text[0];
  if (kind === 's') return restored(text.slice(1));
  return kind === 'n' ? Number(text.slice(1)) : kind === 't';
}

/** Cells that many rows share, such as an owner's id, as short references. */
interface SharedCells {
  /** The cell itself when there is no room for it. */
  reference(cell: string): string;
  resolve(text: string): string;
}

function createSharedCells(): SharedCells {
  const cells: string[] = [];
  const places = new Map<string, string>();
  return {
    reference(cell) {
      const known = places.get(cell);
      if (known !== undefined) return known;
      if (cells.length === sharedMax) return cell;
      const reference = `r${(cells.push(cell) - 1).toString(36)}`;
      places.set(cell, reference);
      return reference;
    },
    resolve: (text) => (text.startsWith('r') ? (cells[Number.parseInt(text.slice(1), 36)] ?? '') : text),
  };
}

/**
 * Creates a packer. Every property gets a place of its own when it is first met and keeps it, so texts stay readable
 * when columns come and go. Nulls take one character. The version is kept beside the text, lookups are shared.
 */
export function createRowPacker(): RowPacker {
  const properties: (string | undefined)[] = [];
  const places = new Map<string, number>();
  const shared = createSharedCells();
  const placeOf = (property: string): number => {
    const known = places.get(property);
    if (known !== undefined) return known;
    places.set(property, properties.length);
    return properties.push(property) - 1;
  };
  return {
    pack(row) {
      const cells: string[] = new Array<string>(properties.length).fill('');
      for (const property in row) {
        if (property === versionProperty) continue;
        const place = placeOf(property);
        while (cells.length < place) cells.push('');
        const cell = cellText(row[property]);
        cells[place] = property.startsWith('_') && cell !== '' ? shared.reference(cell) : cell;
      }
      return cells.join(separator);
    },
    forget(property) {
      const place = places.get(property);
      if (place !== undefined) properties[place] = undefined;
      places.delete(property);
    },
    unpack({ version, text }) {
      const row: Record<string, CellValue> = {};
      text.split(separator).forEach((cell, place) => {
        const property = properties[place];
        if (cell !== '' && property !== undefined) row[property] = cellValue(shared.resolve(cell));
      });
      row[versionProperty] = version;
      return row;
    },
  };
}
