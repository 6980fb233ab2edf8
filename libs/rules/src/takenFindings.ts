import type { MappingRow } from '@lockstep/reconciliation';
import type { Finding, RulePath } from './ruleFault.ts';

/** Fields that two rows would write: the one that the file brings, at `path`, is at fault. */
export function takenFindings(
  rows: readonly MappingRow[],
  named: ReadonlySet<string>,
  path: RulePath,
): Finding[] {
  const owners = new Map<string, string>();
  const ordered = rows.toSorted(
    (left, right) => Number(named.has(left.field)) - Number(named.has(right.field)),
  );

  return ordered.flatMap((row) =>
    targetsOf(row).flatMap(({ target, key, name }) => {
      const owner = owners.get(target);
      if (owner === undefined) owners.set(target, row.field);

      return owner === undefined || !named.has(row.field)
        ? []
        : [
            {
              ...{ code: 'FIELD_TAKEN' as const, path: [...path, row.field, key] },
              sentence: `${name} already belongs to ${owner}.`,
            },
          ];
    }),
  );
}

/** Marketo has one field for each row, even for one that is only read; a column may be read by several. */
function targetsOf(
  row: MappingRow,
): { readonly target: string; readonly key: string; readonly name: string }[] {
  const columns = row.direction === 'to-marketo' ? [] : Object.entries(row.columns);

  return [
    { target: `marketo/${row.marketo}`, key: 'marketo', name: row.marketo },
    ...columns.map(([table, column = '']) => ({ target: `${table}/${column}`, key: table, name: column })),
  ];
}
