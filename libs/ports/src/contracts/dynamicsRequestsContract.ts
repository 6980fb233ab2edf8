import type { DynamicsMembership, DynamicsTask } from '../dynamicsRequests.ts';
import { idOf, onlyRow, type DynamicsHarness } from './dynamicsHarness.ts';

/** What every DynamicsRequests must do (F-34 to F-36). */
export function dynamicsRequestsContract(start: () => Promise<DynamicsHarness>): void {
  describe('does what marketers ask for', () => {
    let harness: DynamicsHarness;
    beforeEach(async () => {
      harness = await start();
      await onlyRow(harness, { lastname: 'Reed' });
    });
    afterEach(() => harness.close());
    const task = (changes: Partial<DynamicsTask> = {}): DynamicsTask => ({
      ...{ id: idOf(5), regarding: { table: 'lead', id: idOf(1) }, subject: 'Call back' },
      ...{ dueAt: '2026-03-31T12:00:00Z' },
      ...changes,
    });
    const seedOwner = async (number: number) => {
      const fields = { firstname: 'Otto', lastname: `Owner ${number}` };
      await harness.human.seed('systemuser', [{ id: idOf(number), fields }]);

      return { table: 'systemuser', id: idOf(number) } as const;
    };
    const written = { result: 'WRITTEN' };

    describe('creates a task about a row', () => {
      it('with subject, description, due date, and the owner who is named', async () => {
        const owner = await seedOwner(8);

        expect(await harness.dynamics.createTask(task({ description: 'Soon', owner }))).toEqual(written);

        expect(await harness.human.tasks()).toMatchObject([
          {
            ...{ id: idOf(5), subject: 'Call back', description: 'Soon', dueAt: '2026-03-31T12:00:00Z' },
            ...{ regardingId: idOf(1), ownerId: owner.id, state: 0 },
          },
        ]);
      });

      it('once: who asks again finds it, however it was changed since', async () => {
        await harness.dynamics.createTask(task());

        expect(await harness.dynamics.createTask(task({ subject: 'Other' }))).toEqual(written);

        expect(await harness.human.tasks()).toMatchObject([{ subject: 'Call back' }]);
      });

      it.each([
        ['in progress', 0, 3],
        ['7', 0, 7],
        ['Completed', 1, 5],
      ])('with the status reason %s', async (status, state, value) => {
        expect(await harness.dynamics.createTask(task({ status }))).toEqual(written);

        expect(await harness.human.tasks()).toMatchObject([{ state, status: value }]);
      });

      it('unless tasks have no such status reason', async () => {
        const result = await harness.dynamics.createTask(task({ status: 'Parked' }));

        expect(result).toMatchObject({ result: 'REFUSED', code: 'TASK_STATUS_UNKNOWN' });
        expect(await harness.human.tasks()).toEqual([]);
      });

      it('unless the row is gone', async () => {
        await harness.human.remove('lead', idOf(1));

        expect(await harness.dynamics.createTask(task())).toEqual({ result: 'MISSING' });
      });
    });

    describe('changes the owner of a row', () => {
      it('while it is at the version that was read', async () => {
        const owner = await seedOwner(9);
        const update = { table: 'lead', id: idOf(1), columns: {}, owner };
        const { version = 0 } = (await harness.dynamics.read('lead', idOf(1))) ?? {};

        const result = await harness.dynamics.update({ ...update, version });
        const stale = await harness.dynamics.update({ ...update, version });

        expect(result).toMatchObject({ ...written, row: { fields: { ownerid: owner, lastname: 'Reed' } } });
        expect(stale).toEqual({ result: 'STALE' });
      });
    });

    describe('changes the members of a campaign', () => {
      const membership = (number: number): DynamicsMembership => ({
        campaignId: idOf(number),
        list: { id: idOf(number + 20), name: `Mkto-leads-${idOf(number)}` },
        member: { table: 'lead', id: idOf(1) },
      });

      it('by a list of its own, which is made and attached once', async () => {
        await harness.human.seedCampaign(idOf(10), 'Spring');

        const first = await harness.dynamics.addToCampaign(membership(10));
        const again = await harness.dynamics.addToCampaign(membership(10));

        expect([first, again]).toEqual([written, written]);
        expect(await harness.human.members(idOf(10))).toEqual([
          { listName: `Mkto-leads-${idOf(10)}`, memberId: idOf(1) },
        ]);
      });

      it('and takes off whom it put on, once', async () => {
        await harness.human.seedCampaign(idOf(11), 'Summer');
        await harness.dynamics.addToCampaign(membership(11));

        const first = await harness.dynamics.removeFromCampaign(membership(11));
        const again = await harness.dynamics.removeFromCampaign(membership(11));

        expect([first, again]).toEqual([written, written]);
        expect(await harness.human.members(idOf(11))).toEqual([]);
      });

      it('unless the row is gone', async () => {
        await harness.human.seedCampaign(idOf(12), 'Autumn');
        await harness.human.remove('lead', idOf(1));

        expect(await harness.dynamics.addToCampaign(membership(12))).toEqual({ result: 'MISSING' });
      });

      it('that is found by its GUID and by its name', async () => {
        await harness.human.seedCampaign(idOf(13), "Winter's end");

        for (const text of ["winter's END", idOf(13)])
          expect(await harness.dynamics.findCampaigns(text)).toEqual([idOf(13)]);
        expect(await harness.dynamics.findCampaigns('Nothing')).toEqual([]);
      });
    });
  });
}
