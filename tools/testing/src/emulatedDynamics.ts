import { startDataverseEmulator } from '@lockstep/dataverse-emulator';
import { createControlApi, type ControlApi, type Values } from './controlApi.ts';

export type PersonTable = 'lead' | 'contact';

/** An emulated Dynamics 365: how a client reaches it, and edits as a salesperson would make them. */
export type EmulatedDynamics = {
  readonly url: string;
  readonly tenantId: string;
  readonly tokenAuthority: string;
  readonly caFile: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly control: ControlApi;
  /** Answers the ids of the new rows. */
  createRows(table: PersonTable, rows: readonly Values[]): Promise<readonly string[]>;
  editRow(table: PersonTable, id: string, columns: Values): Promise<void>;
  deleteRow(table: PersonTable, id: string): Promise<void>;
  /** Every column of a row. Throws when there is no such row. */
  row(table: PersonTable, id: string): Promise<Values>;
  rows(table: string): Promise<readonly Values[]>;
  close(): Promise<void>;
};

export async function startEmulatedDynamics(): Promise<EmulatedDynamics> {
  const emulator = await startDataverseEmulator({ control: true });
  const control = createControlApi(emulator.url);
  return {
    ...emulator,
    control,
    async createRows(table, rows) {
      if (rows.length === 0) return [];
      return (await control.post<{ ids: string[] }>('rows', { table, rows })).ids;
    },
    editRow: async (table, id, fields) => void (await control.post('edits', { table, id, fields })),
    deleteRow: async (table, id) => void (await control.post('deletes', { table, id })),
    row: (table, id) => control.get(`rows/${table}/${id}`),
    rows: async (table) => (await control.get<{ rows: Values[] }>(`rows/${table}`)).rows,
  };
}

/** The settings of the services for this Dynamics. */
export function dynamicsSettings(dynamics: EmulatedDynamics): Record<string, string> {
  return {
    DATAVERSE_URL: dynamics.url,
    DATAVERSE_TENANT_ID: dynamics.tenantId,
    DATAVERSE_TOKEN_AUTHORITY: dynamics.tokenAuthority,
    DATAVERSE_CA_FILE: dynamics.caFile,
    DATAVERSE_CLIENT_ID: dynamics.clientId,
    DATAVERSE_CLIENT_SECRET: dynamics.clientSecret,
  };
}
