import { startDataverseEmulator, type DataverseEmulator } from '@lockstep/dataverse-emulator';
import { createDynamics, type Dynamics } from './createDynamics.ts';

let emulator: DataverseEmulator;
let dynamics: Dynamics;

beforeAll(async () => {
  emulator = await startDataverseEmulator({ control: true });
  dynamics = await createDynamics(emulator);
});
afterAll(async () => {
  await dynamics.close();
  await emulator.close();
});

async function take(missingPrivileges: readonly string[]): Promise<void> {
  const answer = await fetch(`${emulator.url}/_control/settings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ missingPrivileges }),
  });
  expect(answer.ok).toBe(true);
}

const never = new AbortController().signal;
const rightsOf = async (table: string) =>
  (await dynamics.rights(new Map([[table, ['Write', 'Create']]]), never)).tables.get(table);

describe('the rights to write', () => {
  it('name what our user lacks of what was asked for, and nothing else', async () => {
    await take(['prvWriteContact', 'prvAssignContact']);

    expect(await rightsOf('contact')).toMatchObject({ lacks: ['prvWriteContact'], partial: [] });
    expect(await rightsOf('lead')).toMatchObject({ lacks: [], partial: [] });
    await take([]);
  });

  it('tell of each column that can be changed how long its texts may be', async () => {
    const { lengths } = (await rightsOf('lead')) ?? {};

    expect(lengths?.get('firstname')).toBe(50);
    expect(lengths?.get('donotphone')).toBe(null);
    expect(lengths?.has('createdon')).toBe(false);
  });

  it('tell by how much the clock of Dynamics is ahead', async () => {
    const { clockLeadMs } = await dynamics.rights(new Map(), never);

    expect(Math.abs(clockLeadMs ?? Infinity)).toBeLessThan(5000);
  });

  it('of a table that is not there end with its code', async () => {
    await expect(rightsOf('new_nothing')).rejects.toMatchObject({ code: 'DYNAMICS_TABLE_UNKNOWN' });
  });
});
