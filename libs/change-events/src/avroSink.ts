/** Where messages are written one behind the other, so that none needs memory of its own. `start` is where the last begins. */
export type Sink = { bytes: Buffer; start: number; at: number };

const sinkBytes = 256 * 1024;
const roomMin = 4 * 1024;

/** `bytes`: the memory that it begins with, of its own. */
export const createSink = (bytes = sinkBytes): Sink => ({
  bytes: Buffer.allocUnsafeSlow(bytes),
  start: 0,
  at: 0,
});

/** The next message begins behind the last; what was handed out stays as it is. */
export function beginMessage(sink: Sink): void {
  sink.start = sink.at;
  ensureRoom(sink, roomMin);
}

/** Takes new memory when `bytes` more do not fit; what is written of the message moves there. */
export function ensureRoom(sink: Sink, bytes: number): void {
  if (sink.bytes.length - sink.at >= bytes) return;
  const written = sink.bytes.subarray(sink.start, sink.at);
  const next = Buffer.allocUnsafeSlow(Math.max(sinkBytes, (written.length + bytes) * 2));
  next.set(written);
  sink.bytes = next;
  sink.start = 0;
  sink.at = written.length;
}

export function putByte(sink: Sink, byte: number): void {
  ensureRoom(sink, 1);
  sink.bytes[sink.at++] = byte;
}

/** The frame of a message: a zero byte and the schema id in four. */
export function putHeader(sink: Sink, schemaId: number): void {
  putByte(sink, 0);
  ensureRoom(sink, 4);
  sink.at = sink.bytes.writeUInt32BE(schemaId, sink.at);
}

export function putDouble(sink: Sink, value: number): void {
  ensureRoom(sink, 8);
  sink.at = sink.bytes.writeDoubleLE(value, sink.at);
}

const longBytesMax = 10;
const plainMax = 2 ** 52;
/** Below it bits can be taken as such; a larger number is divided. */
const bitsBelow = 2 ** 28;

/** Any safe integer, in Avro's zigzag form of variable length. */
export function putLong(sink: Sink, value: number): void {
  ensureRoom(sink, longBytesMax);
  if (value > plainMax || value < -plainMax) return putLarge(sink, BigInt(value));
  const { bytes } = sink;
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  for (; rest >= bitsBelow; rest = Math.floor(rest / 0x80)) bytes[sink.at++] = (rest % 0x80) | 0x80;
  for (; rest >= 0x80; rest >>>= 7) bytes[sink.at++] = (rest & 0x7f) | 0x80;
  bytes[sink.at++] = rest;
}

/** Doubled it is not exact as a number any more. */
function putLarge(sink: Sink, value: bigint): void {
  let rest = value >= 0n ? value * 2n : -value * 2n - 1n;
  for (; rest >= 0x80n; rest >>= 7n) sink.bytes[sink.at++] = Number(rest & 0x7fn) | 0x80;
  sink.bytes[sink.at++] = Number(rest);
}

export function putBytes(sink: Sink, value: Uint8Array): void {
  putLong(sink, value.length);
  ensureRoom(sink, value.length);
  sink.bytes.set(value, sink.at);
  sink.at += value.length;
}

/** Below it a length takes one byte, and a loop is faster than a call into the runtime. */
const shortBelow = 64;

export function putText(sink: Sink, text: string): void {
  if (text.length < shortBelow && putPlain(sink, text)) return;
  const length = Buffer.byteLength(text);
  putLong(sink, length);
  ensureRoom(sink, length);
  sink.at += sink.bytes.write(text, sink.at);
}

/** False, and nothing is written, when the text is not ASCII alone. */
function putPlain(sink: Sink, text: string): boolean {
  const { length } = text;
  ensureRoom(sink, length + 1);
  const { bytes, at } = sink;
  for (let n = 0; n < length; n += 1) {
    const code = text.charCodeAt(n);
    if (code >= 0x80) return false;
    bytes[at + 1 + n] = code;
  }
  bytes[at] = length * 2;
  sink.at = at + 1 + length;

  return true;
}
