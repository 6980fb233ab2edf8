import { findCollection, type Collection } from '../core/collections.ts';
import type { Row } from '../core/columnDefinition.ts';
import { referredRow, requireNavigation } from '../core/compileFilter.ts';
import { badRequest, errorCodes } from '../core/dataverseError.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import { parseQuery, rowComparison } from '../core/queryRows.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { mayReadRow } from '../core/readAccess.ts';
import { topOf } from './collectionLinks.ts';
import { requirePrivilege } from './privileges.ts';
import { splitOutside } from './resourcePath.ts';
import { rowMembers, rowStyle } from './rowText.ts';

/** Prints what is expanded of a row, from the comma on. */
export type ExpandPrinter = (row: Row) => string;

/** What is printed beside a row's own members, and how the context names it. */
export interface Expansion {
  readonly print: ExpandPrinter;
  /** Such as `,primarycontactid(fullname)`. */
  readonly context: string;
}

type Options = Readonly<Record<string, string>>;

interface Within {
  readonly state: OrganizationState;
  readonly annotations: string | undefined;
  readonly depth: number;
}

const depthMax = 2;
const relatedRowsMax = 5000;
const knownOptions = new Set(['$select', '$filter', '$orderby', '$top', '$expand']);

function optionsOf(source: string): Options {
  const options: Record<string, string> = {};
  for (const part of splitOutside(source, ';')) {
    const [, name = '', value = ''] = /^\s*(\$\w+)=(.*)$/s.exec(part) ?? [];
    if (!knownOptions.has(name))
      throw badRequest(errorCodes.invalidArgument, `'${part.trim()}' is not supported within $expand.`);
    options[name] = value;
  }
  return options;
}

function rowPrinter(within: Within, table: TableDefinition, options: Options): ExpandPrinter {
  requirePrivilege(within.state, 'Read', table);
  const style = rowStyle(within.state, table, options['$select'], within.annotations);
  const nested = parseExpand({ ...within, depth: within.depth + 1 }, table, options['$expand']);
  return (row) => `{${rowMembers(style, row)}${nested.print(row)}}`;
}

function collectionPrinter(
  within: Within,
  table: TableDefinition,
  collection: Collection,
  item: { readonly navigation: string; readonly options: Options },
): ExpandPrinter {
  const { options, navigation } = item;
  const query = parseQuery(within.state, collection.table, options);
  const print = rowPrinter(within, collection.table, options);
  const limit = Math.min(topOf(options['$top']) ?? relatedRowsMax, relatedRowsMax);
  return (row) => {
    const related = [...collection.rows(String(row[table.key]))].filter(query.test);
    const shown = related.sort(rowComparison(query)).slice(0, limit);
    return `,"${navigation}":[${shown.map(print).join(',')}]`;
  };
}

function singlePrinter(
  within: Within,
  table: TableDefinition,
  navigation: string,
  options: Options,
): ExpandPrinter {
  const { state } = within;
  const { column, target, targets } = requireNavigation(state, table, navigation);
  // What is selected of an owner has to be there in the table of each owner that is met.
  const printers = new Map(targets.length === 1 ? [[target, rowPrinter(within, target, options)]] : []);
  const printed = (row: Row, each: TableDefinition): string | undefined => {
    const referred = referredRow(state, row, column, each);
    if (!referred || !mayReadRow(state, each, referred)) return undefined;
    const print = printers.get(each) ?? rowPrinter(within, each, options);
    printers.set(each, print);
    return print(referred);
  };
  return (row) => {
    const texts = targets.map((each) => printed(row, each));
    return `,"${navigation}":${texts.find((text) => text !== undefined) ?? 'null'}`;
  };
}

function parseItem(within: Within, table: TableDefinition, source: string): Expansion {
  const [, navigation = '', inner] = /^\s*(\w+)(?:\((.*)\))?\s*$/s.exec(source) ?? [];
  const options = inner === undefined ? {} : optionsOf(inner);
  const collection = findCollection(within.state, table, navigation);
  const print = collection
    ? collectionPrinter(within, table, collection, { navigation, options })
    : singlePrinter(within, table, navigation, options);
  return { print, context: `${navigation}(${options['$select'] ?? ''})` };
}

/** Settles `$expand`, up to two levels. Throws 400 for an unknown navigation property. */
export function parseExpand(within: Within, table: TableDefinition, source: string | undefined): Expansion {
  if (source === undefined) return { print: () => '', context: '' };
  if (within.depth > depthMax)
    throw badRequest(errorCodes.invalidArgument, `$expand goes no deeper than ${depthMax} levels.`);
  const items = splitOutside(source, ',').map((part) => parseItem(within, table, part));
  return {
    print: (row) => items.map(({ print }) => print(row)).join(''),
    context: items.map(({ context }) => context).join(','),
  };
}

/** The selection in a context: `(name,primarycontactid(fullname))`, or nothing. */
export function contextSelection(select: string | undefined, expansion: Expansion): string {
  const parts = [select ?? '', expansion.context].filter((part) => part !== '');
  return parts.length === 0 ? '' : `(${parts.join(',')})`;
}
