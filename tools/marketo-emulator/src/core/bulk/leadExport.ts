import { apiError } from '../apiError.ts';
import type { Instance, Person } from '../instance.ts';
import { listOfId } from '../lists/staticLists.ts';
import { partOf } from '../partOf.ts';
import { viewPerson } from '../persons.ts';
import type { ExportRows } from './exportJob.ts';
import { fieldsIn, headersIn, isWithin, rangeOf } from './exportRequest.ts';

type IsWanted = (person: Person) => boolean;

const filterNames = [
  'createdAt',
  'updatedAt',
  'staticListId',
  'staticListName',
  'smartListId',
  'smartListName',
] as const;

/** What a lead export job writes. Throws 1002 without fields, 1003 unless there is one filter, 1035 for a filter that is not offered. */
export function leadRows(instance: Instance, body: unknown): ExportRows {
  const fields = fieldsIn(body, (name) => instance.fields.has(name));
  if (fields.length === 0) throw apiError('1002', "Missing value for required parameter 'fields'");
  const isWanted = filterOf(instance, partOf(body, 'filter'));
  return () => [
    headersIn(body, fields),
    ...[...instance.persons.values()]
      .filter((person) => isWanted(person))
      .map((person) => {
        const view = viewPerson(instance, person, fields);
        return fields.map((name) => view[name]);
      }),
  ];
}

function filterOf(instance: Instance, filter: unknown): IsWanted {
  const given = filterNames.filter((name) => partOf(filter, name) !== undefined);
  const [name] = given;
  if (name === undefined || given.length > 1) throw apiError('1003', 'Exactly one filter expected');
  return filterNamed(instance, name, partOf(filter, name));
}

function filterNamed(instance: Instance, name: (typeof filterNames)[number], value: unknown): IsWanted {
  switch (name) {
    case 'createdAt': {
      const range = rangeOf(value);
      return ({ fields }) => isWithin(range, Date.parse(String(fields['createdAt'])));
    }
    case 'updatedAt': {
      if (!instance.settings.exportByUpdatedAt) throw unsupported();
      const range = rangeOf(value);
      return ({ changedAt }) => isWithin(range, changedAt);
    }
    case 'staticListId':
      return membersOf(instance, Number(value));
    case 'staticListName':
      return membersOf(instance, [...instance.lists.values()].find((list) => list.name === value)?.id ?? 0);
    default:
      // There are no smart lists.
      throw unsupported();
  }
}

function membersOf(instance: Instance, listId: number): IsWanted {
  listOfId(instance, listId);
  return ({ id }) => instance.lists.get(listId)?.members.has(id) === true;
}

function unsupported(): Error {
  return apiError('1035', 'Unsupported filter type for target subscription');
}
