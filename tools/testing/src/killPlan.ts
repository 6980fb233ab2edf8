/** What the table of a killed extractor was at: its first load, its changes, or a resync after its delta link was lost. */
export const killPhases = ['LOAD', 'STREAMING', 'RESYNC'] as const;
export type KillPhase = (typeof killPhases)[number];

export type KillPlan = {
  readonly seed: number;
  readonly kills: number;
  /** Pairs of an active and a standby extractor, side by side, each with a Dynamics and topics of its own. */
  readonly lanes: number;
  /** Leads of the first load of each lane. */
  readonly rows: number;
  readonly pageSizeMax: number;
  readonly editsPerSecond: number;
};

/** The phase of each kill of each lane: half of them in the first load, a third while changes are followed, the others in a resync. */
export function planLanes({
  kills,
  lanes,
}: Pick<KillPlan, 'kills' | 'lanes'>): readonly (readonly KillPhase[])[] {
  return Array.from({ length: lanes }, (_, lane) => {
    const count = Math.floor(kills / lanes) + (lane < kills % lanes ? 1 : 0);
    const load = Math.floor(count / 2);
    const streaming = Math.floor(count / 3);
    return Array.from({ length: count }, (_, at) =>
      at < load ? 'LOAD' : at < load + streaming ? 'STREAMING' : 'RESYNC',
    );
  });
}
