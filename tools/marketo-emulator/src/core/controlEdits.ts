import { checkRecord } from './checkRecord.ts';
import { ControlError } from './controlError.ts';
import type { Instance } from './instance.ts';
import { mergePersons } from './mergeLeads.ts';
import { editAsMarketer } from './objects/spreadCompany.ts';
import type { Origin } from './origin.ts';
import { createPerson, deletePerson } from './persons.ts';

/** How a control call names who acts; every part has a default. */
export interface ControlActor {
  readonly actor?: string;
  readonly source?: string;
  readonly reason?: string;
}

const seedFaultsMax = 20;

/** Adds persons as a list import would. All or none: throws 400 with the faults by position. */
export function seedPersons(instance: Instance, persons: readonly unknown[], by: ControlActor): number[] {
  const checked = persons.map((person) => checkRecord(instance, person));
  const faults = checked.flatMap((record, index) =>
    record.kind === 'bad' ? [`persons[${index}]: ${record.reasons[0]?.message ?? ''}`] : [],
  );
  if (faults.length > 0) throw new ControlError(400, faults.slice(0, seedFaultsMax));
  const origin = humanOrigin(by, 'List import');
  return checked.map((record) => createPerson(instance, record.kind === 'good' ? record.values : {}, origin));
}

/** Edits a person as a marketer would; throws 404 for an unknown id, 400 for a bad value. */
export function editPerson(
  instance: Instance,
  id: number,
  fields: unknown,
  by: ControlActor,
): { changed: boolean } {
  const person = personOf(instance, id);
  const record = checkRecord(instance, fields);
  if (record.kind === 'bad')
    throw new ControlError(
      400,
      record.reasons.map(({ message }) => message),
    );
  return { changed: editAsMarketer(instance, person, record.values, humanOrigin(by, 'New lead')) };
}

/** Merges persons as a marketer would; throws 404 for an unknown id, 400 without losers. */
export function mergeAsMarketer(
  instance: Instance,
  { winner, losers }: { readonly winner: number; readonly losers: readonly number[] },
  by: ControlActor,
): void {
  const gone = losers.filter((id) => id !== winner).map((id) => personOf(instance, id));
  if (gone.length === 0) throw new ControlError(400, ['losers must name somebody else']);
  mergePersons(instance, personOf(instance, winner), gone, humanOrigin(by, 'New lead'));
}

/** Deletes a person as a marketer would; throws 404 for an unknown id. */
export function removePerson(instance: Instance, id: number, by: ControlActor): void {
  deletePerson(instance, personOf(instance, id), humanOrigin(by, 'New lead'));
}

/** The person of an id; throws 404. */
export function personOf(
  instance: Instance,
  id: number,
): NonNullable<ReturnType<Instance['persons']['get']>> {
  const person = instance.persons.get(id);
  if (person === undefined) throw new ControlError(404, [`no person ${id}`]);
  return person;
}

/** The origin of what a person does by a control call. */
export function humanOrigin(by: ControlActor, sourceType: string): Origin {
  return {
    actor: by.actor ?? 'marketer@marketo-emulator.example',
    actorKind: 'human',
    source: by.source ?? 'Lead update',
    reason: by.reason ?? 'Manual person edit',
    sourceType,
    requestId: null,
  };
}
