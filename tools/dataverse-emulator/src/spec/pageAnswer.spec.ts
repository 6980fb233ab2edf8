import { randomUUID } from 'node:crypto';
import { pageAnswer } from '../api/pageAnswer.ts';
import { rowStyle } from '../api/rowText.ts';
import { createOrganizationState } from '../core/createOrganizationState.ts';
import type { OrganizationState } from '../core/organizationState.ts';
import type { TableDefinition } from '../core/tableDefinition.ts';
import { leadTable } from '../tables/leadTable.ts';

function organization(): OrganizationState {
  const identity = { tenantId: 't', clientId: 'c', clientSecret: 's' };
  const state = createOrganizationState({ identity, tables: [leadTable], now: () => 0, newId: randomUUID });
  for (let index = 0; index < 150; index += 1) save(state, `row ${index}`, 'Ek');
  return state;
}

function save(state: OrganizationState, id: string, lastname: string): void {
  state.store.save('lead', id, (versionnumber) => ({ leadid: id, lastname, versionnumber }));
}

/** How many rows were printed for one page of everything. */
function printed(state: OrganizationState, table: TableDefinition = leadTable): number {
  let count = 0;
  pageAnswer(state, {
    style: rowStyle(state, table, 'lastname', undefined),
    isGzipWelcome: true,
    headers: {},
    head: '[',
    changes: [...state.store.marks('lead', 0, state.store.highWaterMark())],
    print: () => String((count += 1)),
    tail: ']',
  });
  return count;
}

describe('the cache of pages', () => {
  it('prints a page once as long as its rows stay as they are', () => {
    const state = organization();
    expect([printed(state), printed(state)]).toEqual([150, 0]);
    save(state, 'row 7', 'Berg');
    expect([printed(state), printed(state)]).toEqual([150, 0]);
  });

  it('prints it again after a restore, though the versions are the same', () => {
    const state = organization();
    const snapshot = state.store.snapshot();
    save(state, 'row 7', 'Berg');
    expect(printed(state)).toBe(150);
    state.store.restore(snapshot);
    save(state, 'row 7', 'Another');
    expect(printed(state)).toBe(150);
  });

  it('prints it again when a column or a setting has changed', () => {
    const state = organization();
    printed(state);
    const columns = leadTable.columns.map((each) => ({ ...each, label: `${each.label} (new)` }));
    const byProperty = new Map(columns.map((each) => [each.property, each]));
    expect(printed(state, { ...leadTable, columns, byProperty })).toBe(150);
    state.settings = { ...state.settings, retentionDays: 3 };
    expect(printed(state)).toBe(150);
  });
});
