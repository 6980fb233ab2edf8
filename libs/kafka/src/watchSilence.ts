/** Whether the group of a lease is heard of, as its standby knows it. */
export type SilenceWatch = {
  /** The group answered: this process is its standby. */
  heard(): void;
  /** Nobody waits any more, or the lease is ours. */
  end(): void;
};

/** Tells true at each answer, and false when `silenceMs` pass without one: then nobody knows who holds the lease, or whether anybody does. */
export function watchSilence(tell: (isHeard: boolean) => void, silenceMs: number): SilenceWatch {
  const wait = () => setTimeout(() => tell(false), silenceMs);
  let timer = wait();

  return {
    heard() {
      tell(true);
      clearTimeout(timer);
      timer = wait();
    },
    end: () => clearTimeout(timer),
  };
}
