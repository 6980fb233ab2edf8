import type { Lane, Operation } from './events.ts';

/** A page that cannot go on as it was packed; the same page can be done by values. */
export class NotPacked extends Error {
  constructor(reason: string, cause?: unknown) {
    super(reason, { cause });
    this.name = 'NotPacked';
  }
}

/** Messages that were written one behind the other; they come while those before are on their way. */
export type PackedPiece = {
  /** Null until `arrival` resolves; it rejects with NotPacked. */
  content: { readonly bytes: Buffer; readonly ends: Uint32Array } | null;
  readonly arrival: Promise<void>;
};

/** A change event in the place of one by values: its message is ready-made, and nobody has looked at its fields. */
export class PackedEvent {
  readonly operation: Operation;
  readonly lane: Lane;
  readonly #piece: PackedPiece;
  readonly #index: number;

  constructor(
    piece: PackedPiece,
    index: number,
    { operation, lane }: Pick<PackedEvent, 'operation' | 'lane'>,
  ) {
    this.operation = operation;
    this.lane = lane;
    this.#piece = piece;
    this.#index = index;
  }

  /** The message, framed; at once when its piece is there. Rejects with NotPacked. */
  message(): Buffer | Promise<Buffer> {
    const { content, arrival } = this.#piece;
    if (content === null) return arrival.then(() => this.message());
    const { bytes, ends } = content;

    return bytes.subarray(this.#index === 0 ? 0 : ends[this.#index - 1], ends[this.#index]);
  }
}
