import { NotPacked, PackedEvent, type PackedPiece } from '@lockstep/change-events';
import type { DynamicsRow } from '@lockstep/ports';
import { rowOf, type PackedPart, type PageToPack } from './packPage.ts';

/** The rows of a page whose events are made in a thread, with the page without its rows as JSON. */
export type PackedRows = { readonly rows: readonly DynamicsRow[]; readonly envelope: string };

/** A page that a thread works on. */
export type PendingPage = {
  /** Answers whether it was the last part. */
  take(part: PackedPart): boolean;
  fail(reason: string): void;
};

const notRead = {};

type Piece = PackedPiece & { settle(error?: NotPacked): void };

/** Takes the parts of a page in their order. */
export function pendingPage(
  { context }: PageToPack,
  resolve: (rows: PackedRows) => void,
  reject: (error: NotPacked) => void,
): PendingPage {
  const pieces: Piece[] = [];
  let arrived = 0;

  return {
    take(part) {
      if ('heads' in part) {
        const { heads, rowsPerPiece } = part;
        for (let first = 0; first < heads.count; first += rowsPerPiece) pieces.push(createPiece());
        const row = (index: number): DynamicsRow => {
          const { id, version, changedAt, changedBy } = rowOf(heads, index);
          const piece = pieces[Math.floor(index / rowsPerPiece)] as PackedPiece;
          const packed = new PackedEvent(piece, index % rowsPerPiece, context);

          return { id, version, fields: notRead, changedAt, changedBy, packed };
        };
        resolve({
          rows: Array.from({ length: heads.count }, (_, index) => row(index)),
          envelope: heads.envelope,
        });
      } else {
        const piece = pieces[arrived++];
        if (piece) piece.content = { bytes: Buffer.from(part.buffer), ends: part.ends };
        piece?.settle();
      }

      return pieces.length > 0 && arrived === pieces.length;
    },
    fail(reason) {
      const error = new NotPacked(reason);
      reject(error);
      for (const piece of pieces.slice(arrived)) piece.settle(error);
    },
  };
}

function createPiece(): Piece {
  let settle: (error?: NotPacked) => void = () => undefined;
  const arrival = new Promise<void>((resolve, reject) => {
    settle = (error) => (error === undefined ? resolve() : reject(error));
  });
  // Nobody may have asked for it yet.
  arrival.catch(() => undefined);

  return { content: null, arrival, settle };
}
