// Opens a block: base64 → gzip → columns. Works in slices, so that neither the page nor its worker is
// busy for long, and writes straight into one buffer of the size that the page declares.
import type { Block, Column } from "../data";

export type Numbers = Uint8Array | Uint32Array | Float32Array;
export type Columns = { [name: string]: Numbers };

const kSlice = 1 << 18; // characters; a multiple of 4, so each slice is base64 of its own
const kBusyMs = 8; // then others may run

/** The bytes of a block. Throws an Error that says what is wrong with it. */
export async function opened_bytes(text: string, bytes: number): Promise<Uint8Array> {
  const base64 = /\s/.test(text.slice(0, 200) + text.slice(-200)) ? text.replace(/\s+/g, "") : text;
  const unzip = new DecompressionStream("gzip");
  const done = feed(unzip.writable.getWriter(), base64);
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

async function feed(writer: WritableStreamDefaultWriter<BufferSource>, base64: string) {
  let since = performance.now();
  for (let at = 0; at < base64.length; at += kSlice) {
    const raw = atob(base64.slice(at, at + kSlice));
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
