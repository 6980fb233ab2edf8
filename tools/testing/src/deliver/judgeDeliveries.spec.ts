import { judgeDeliveries, type DeliveryHistory } from './judgeDeliveries.ts';

const ada = 'golden-ada';

/** Commits of one person, one a second, as pairs of person id and revision. */
const writtenAs = (...commits: readonly (readonly [personId: number, revision: number])[]) =>
  commits.map(([personId, revision], at) => ({ goldenId: ada, personId, revision, atMs: at * 1_000 }));

const commanded = (revision: number, isWrite = true) => ({
  commandId: `${ada}/${revision}`,
  goldenId: ada,
  revision,
  isWrite,
  issuedAtMs: revision * 1_000,
});

function judged(history: Partial<DeliveryHistory>) {
  const commands = history.commands ?? [commanded(1), commanded(2)];
  const answered = new Set(commands.map(({ commandId }) => commandId));
  return judgeDeliveries({ written: writtenAs([7, 1], [7, 2]), commands, answered, faults: [], ...history });
}

const finding = (kind: string, revision: number) => ({ kind, goldenId: ada, revision, fault: null });

describe('judgeDeliveries', () => {
  it('is content when each person rises to the last revision, skipping some, and a read asks for nothing', () => {
    const commands = [commanded(1), commanded(2), commanded(3), commanded(4, false)];

    expect(judged({ written: writtenAs([7, 1], [7, 1], [7, 3]), commands })).toEqual([]);
  });

  it('finds a second person with the same key, once', () => {
    const written = writtenAs([7, 1], [8, 1], [8, 2], [7, 2]);

    expect(judged({ written })).toContainEqual(finding('DOUBLED', 1));
    expect(judged({ written }).filter(({ kind }) => kind === 'DOUBLED')).toHaveLength(1);
  });

  it('finds an older revision after a newer one, also when the newest comes back', () => {
    expect(judged({ written: writtenAs([7, 1], [7, 2], [7, 1], [7, 2]) })).toEqual([finding('OLDER', 1)]);
  });

  it('finds a last revision that is not there, and a person that was never made', () => {
    expect(judged({ written: writtenAs([7, 1]) })).toEqual([finding('LOST', 2)]);
    expect(judged({ written: [] })).toEqual([finding('LOST', 2)]);
  });

  it('finds a command that nobody answered', () => {
    expect(judged({ answered: new Set([`${ada}/2`]) })).toEqual([finding('UNANSWERED', 1)]);
  });

  it('names the fault that was met when an older revision was sent, however late it is committed', () => {
    const written = [...writtenAs([7, 2]), { goldenId: ada, personId: 7, revision: 1, atMs: 80_000 }];
    const commands = [{ ...commanded(1), issuedAtMs: 10_000 }, commanded(2)];
    const faults = [
      { kind: 'COMMIT_AFTER_604', atMs: 12_000 },
      { kind: 'KILL', atMs: 80_000 },
    ];

    expect(judged({ written, commands, faults }).find(({ kind }) => kind === 'OLDER')).toMatchObject({
      fault: 'COMMIT_AFTER_604 2 s later',
    });
  });

  it('names the fault that is next in time', () => {
    const faults = [
      { kind: 'KILL', atMs: 0 },
      { kind: 'FREEZE', atMs: 1_000 },
      { kind: 'TOKEN_REVOKED', atMs: 60_000 },
    ];

    expect(judged({ written: writtenAs([7, 1]), faults })).toMatchObject([{ fault: 'FREEZE 1 s earlier' }]);
  });
});
