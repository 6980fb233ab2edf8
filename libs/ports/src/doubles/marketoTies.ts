import type { ScalarValues } from '@lockstep/change-events';
import type { InMemoryMarketoObjects } from './inMemoryMarketoObjects.ts';
import type { MarketoPersonStore, PersonActor } from './marketoPersonStore.ts';
import type { Fields } from './marketoWriteSide.ts';

const companyKey = 'externalCompanyId';

/**
 * Ties persons to the records beside them (marketo-rest 2.5, 2.6, 4): a person shows the fields of its company, its opportunity roles
 * go with it, and where it is merged away, to the winner.
 */
export function tieToObjects(
  store: MarketoPersonStore,
  objects: InMemoryMarketoObjects,
  { fields, actor }: { readonly fields: Fields; readonly actor: PersonActor },
): MarketoPersonStore {
  /** The values, with those of the company in place of the person's own. */
  const shown = (values: ScalarValues, former: ScalarValues = {}): ScalarValues => {
    const company = companyOf(objects, values[companyKey] ?? former[companyKey]);
    const own = Object.entries(company ?? {}).filter(([name]) => name !== companyKey && fields.has(name));

    return company ? { ...values, ...Object.fromEntries(own) } : values;
  };
  const update: MarketoPersonStore['update'] = (id, values, by) =>
    store.update(id, shown(values, store.person(id)?.fields), by);
  objects.hooks.isPerson = (id) => store.person(id) !== null;
  objects.hooks.afterCompany = (key) => {
    const persons = store.persons().filter((person) => person.fields[companyKey] === key);
    for (const { id } of persons) update(id, {}, actor);
  };

  return {
    ...store,
    update,
    lacksParent: (values) => {
      const key = values[companyKey] ?? null;
      return key !== null && companyOf(objects, key) === undefined;
    },
    create: (values, by) => store.create(shown(values), by),
    remove(id, by) {
      store.remove(id, by);
      objects.giveRoles(id, null);
    },
    merge(winnerId, loserIds, by) {
      store.merge(winnerId, loserIds, by);
      update(winnerId, {}, by);
      for (const id of loserIds) if (!store.person(id)) objects.giveRoles(id, winnerId);
    },
  };
}

const companyOf = (objects: InMemoryMarketoObjects, key: unknown): ScalarValues | undefined =>
  objects.records('company').find((company) => company[companyKey] === key);
