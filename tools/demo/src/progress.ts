import { MultiBar, Presets } from 'cli-progress';

/** How far one stage is. */
export type Stage = { readonly title: string; readonly done: number; readonly total: number };

export type Progress = { show(stages: readonly Stage[]): void; stop(): void };

export type ProgressOptions = {
  readonly isTerminal: boolean;
  /** Takes a line where there is no terminal. */
  readonly print: (line: string) => void;
  readonly nowMs: () => number;
};

const lineIntervalMs = 3_000;

/** Bars with rate and time left on a terminal, plain lines every few seconds elsewhere. */
export function createProgress(options: ProgressOptions): Progress {
  return options.isTerminal ? createBars(options) : createLines(options);
}

function createBars({ nowMs }: ProgressOptions): Progress {
  const elapsedOf = createStopwatch(nowMs);
  const format = '  {title} [{bar}] {value}/{total}  {pace}';
  const bars = new MultiBar({ format, hideCursor: true, clearOnComplete: false }, Presets.shades_classic);
  const byTitle = new Map<string, ReturnType<typeof bars.create>>();
  return {
    show(stages) {
      for (const stage of stages) {
        const { title, done, total } = stage;
        const bar = byTitle.get(title) ?? bars.create(total, 0, { title, pace: '' });
        byTitle.set(title, bar);
        bar.setTotal(total);
        bar.update(done, { title, pace: paceOf(stage, elapsedOf(stage)) });
      }
    },
    stop: () => bars.stop(),
  };
}

function createLines({ print, nowMs }: ProgressOptions): Progress {
  const elapsedOf = createStopwatch(nowMs);
  let printedAtMs = Number.NEGATIVE_INFINITY;
  let last: readonly Stage[] = [];
  const write = (): void => {
    for (const stage of last)
      print(`  ${stage.title} ${stage.done}/${stage.total}  ${paceOf(stage, elapsedOf(stage))}`);
    printedAtMs = nowMs();
  };
  return {
    show(stages) {
      last = stages;
      stages.forEach(elapsedOf);
      if (nowMs() - printedAtMs >= lineIntervalMs) write();
    },
    stop: write,
  };
}

/** The milliseconds a stage took: they stand still once it is done, whatever the others go on with. */
function createStopwatch(nowMs: () => number): (stage: Stage) => number {
  const startedAtMs = nowMs();
  const tookMs = new Map<string, number>();
  return ({ title, done, total }) => {
    const elapsedMs = tookMs.get(title) ?? nowMs() - startedAtMs;
    if (done >= total) tookMs.set(title, elapsedMs);
    return elapsedMs;
  };
}

/** Such as `412/s, 4 s left`. */
export function paceOf({ done, total }: Stage, elapsedMs: number): string {
  const perSecond = elapsedMs > 0 ? done / (elapsedMs / 1_000) : 0;
  if (done >= total) return `${Math.round(perSecond)}/s, done`;
  if (perSecond === 0) return 'waiting';
  return `${Math.round(perSecond)}/s, ${Math.ceil((total - done) / perSecond)} s left`;
}
