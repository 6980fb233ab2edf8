import { startMarketoEmulator } from '@lockstep/marketo-emulator';
import { createControlApi, type ControlApi, type Values } from './controlApi.ts';

/** An emulated Marketo: how a client reaches it, and edits as a marketer would make them. */
export type EmulatedMarketo = {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly control: ControlApi;
  /** Answers the ids of the new persons. */
  createPersons(persons: readonly Values[]): Promise<readonly number[]>;
  editPerson(id: number, fields: Values): Promise<void>;
  deletePerson(id: number): Promise<void>;
  /** Every field of a person. Throws when there is none. */
  person(id: number): Promise<Values>;
  persons(): Promise<readonly Values[]>;
  /** The person that is linked to a row of Dynamics. Throws when there is none, or more than one. */
  personOfRow(rowId: string): Promise<Values & { readonly id: number }>;
  close(): Promise<void>;
};

export async function startEmulatedMarketo(): Promise<EmulatedMarketo> {
  const emulator = await startMarketoEmulator({ control: true });
  const control = createControlApi(emulator.url);
  const persons = async (): Promise<readonly Values[]> =>
    (await control.get<{ persons: Values[] }>('persons')).persons;
  return {
    ...emulator,
    control,
    async createPersons(list) {
      if (list.length === 0) return [];
      return (await control.post<{ ids: number[] }>('persons', { persons: list })).ids;
    },
    editPerson: async (id, fields) => void (await control.post('edits', { id, fields })),
    deletePerson: async (id) => void (await control.post('deletes', { id })),
    person: (id) => control.get(`persons/${id}`),
    persons,
    async personOfRow(rowId) {
      const found = (await persons()).filter((person) => person['crmId'] === rowId);
      const [person] = found;
      if (person === undefined || found.length > 1)
        throw new Error(`${found.length} persons of Marketo are linked to row ${rowId}`);
      return { ...person, id: Number(person['id']) };
    },
  };
}

/** The settings of the services for this Marketo. */
export function marketoSettings(marketo: EmulatedMarketo): Record<string, string> {
  return {
    MARKETO_URL: marketo.url,
    MARKETO_CLIENT_ID: marketo.clientId,
    MARKETO_CLIENT_SECRET: marketo.clientSecret,
  };
}
