// Opens a block: base64 → gzip → columns. Works in slices, so that neither the page nor its worker is
// busy for long, and writes straight into one buffer of the size that the page declares.
import type { Block, Column } from "../data";

export type Numbers = Uint8Array | Uint32Array | Float32Array;
export type Columns = { [name: string]: Numbers };

const kSlice = 1 << 18; // characters; a multiple of 4, so each slice is base64 of its own
const kBusyMs = 8; // then others may run

/** The bytes of a block, whose base64 comes in pieces. Throws an Error that says what is wrong with it. */
export async function opened_bytes(pieces: string[], bytes: number): Promise<Uint8Array> {
  const unzip = new DecompressionStream("gzip");
  const done = feed(unzip.writable.getWriter(), pieces);
  // A stream that breaks rejects both ends; the reader's error is the one that is reported.
  done.catch(() => {});
  const out = new Uint8Array(bytes);
  const reader = unzip.readable.getReader();
  let filled = 0;
  for (;;) {
    const { done: ended, value } = await reader.read();
    if (ended) break;
    if (filled + value.length > bytes) throw new Error(`found more than ${bytes} bytes`);
    out.set(value, filled);
    filled += value.length;
  }
  await done;
  if (filled !== bytes) throw new Error(`found ${filled} bytes, expected ${bytes}`);
  return out;
}

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, pieces: string[]) {
  try {
    await feed_slices(writer, pieces);
  } catch (error) {
    await writer.abort(error); // else the reader would wait for more
    throw error;
  }
}

/** Base64 in slices of a multiple of four characters; only the last one may be shorter. */
function* slices(pieces: string[]): Generator<string> {
  let rest = "";
  for (const piece of pieces) {
    const text = rest + (/\s/.test(piece) ? piece.replace(/\s+/g, "") : piece);
    const whole = text.length - (text.length % 4);
    for (let at = 0; at < whole; at += kSlice) yield text.slice(at, Math.min(at + kSlice, whole));
    rest = text.slice(whole);
  }
  if (rest !== "") yield rest;
}

async function feed_slices(writer: WritableStreamDefaultWriter<BufferSource>, pieces: string[]) {
  let since = performance.now();
  for (const base64 of slices(pieces)) {
    const raw = atob(base64);
    const slice = new Uint8Array(raw.length);
    for (let index = 0; index < raw.length; index++) slice[index] = raw.charCodeAt(index);
    await writer.write(slice);
    if (performance.now() - since > kBusyMs) {
      await new Promise((resume) => setTimeout(resume));
      since = performance.now();
    }
  }
  await writer.close();
}

/** Views of the columns in the bytes of a block. */
export function columns_of(bytes: Uint8Array, block: Block): Columns {
  const columns: Columns = {};
  for (const [name, column] of Object.entries(block.columns)) columns[name] = view(bytes, column);
  return columns;
}

function view(bytes: Uint8Array, column: Column): Numbers {
  const { buffer } = bytes;
  switch (column.type) {
    case "u8": return new Uint8Array(buffer, column.offset, column.length);
    case "u32": return new Uint32Array(buffer, column.offset, column.length);
    case "f32": return new Float32Array(buffer, column.offset, column.length);
  }
}
