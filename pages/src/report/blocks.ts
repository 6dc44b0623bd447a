// The blocks of the page: base64 in elements of their own, opened by the engine when they are needed.
import { engine, explainedRows, opened, page, report_trouble } from "./state";
import type { Engine } from "./engine/client";
import type { Columns } from "./engine/decode";

const kPiece = 1 << 20; // characters that are copied to the worker at a time

/** Gives the base64 of a block to the engine, in pieces: to copy all of it at once would stop the page. */
async function send_text(each: Engine, name: string): Promise<void> {
  const element = document.getElementById(`block-${name}`);
  if (!element) throw new Error("the page does not contain it");
  let text = "";
  // The parser makes several text nodes of a long text.
  for (const node of element.childNodes) {
    text += node.nodeValue ?? "";
    while (text.length >= kPiece) {
      await each.ask("piece", { name, text: text.slice(0, kPiece) });
      text = text.slice(kPiece);
    }
  }
  await each.ask("piece", { name, text });
}

function block_of(name: string) {
  const block = page().blocks[name];
  if (!block) throw new Error("the page does not declare it");
  return block;
}

const pending = new Map<string, Promise<boolean>>();

async function open_in(each: Engine, name: "lanes" | "operations"): Promise<boolean> {
  try {
    await send_text(each, name);
    await each.ask("open", { name, block: block_of(name) });
    if (name === "operations") explainedRows.value = await each.ask("mark", marks());
    opened.value = { ...opened.value, [name]: true };
    performance.mark(`capsize-${name}-opened`);
    return true;
  } catch (error) {
    report_trouble(`block ${name}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/** Opens a block in the engine, once. False: it cannot be opened, and the page says why. */
export function open_block(name: "lanes" | "operations"): Promise<boolean> {
  const each = engine.value;
  if (!each) return Promise.resolve(false);
  let result = pending.get(name);
  if (!result) {
    result = open_in(each, name);
    pending.set(name, result);
  }
  return result;
}

function marks() {
  return (page().explanation?.operations ?? []).map((each) => ({
    index: each.index ?? null,
    process: each.process,
    invokeMs: each.invokeMs ?? NaN,
  }));
}

/** The columns of throughput and latency; null if they cannot be opened. */
export async function series_columns(): Promise<Columns | null> {
  try {
    await send_text(engine.value!, "series");
    return await engine.value!.ask("columns", { name: "series", block: block_of("series") });
  } catch (error) {
    report_trouble(`block series: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

const kValueBlocks = 8; // open at a time: a block of values may be some megabytes
const values = new Map<number, Promise<string[] | null>>();

async function open_values(block: number): Promise<string[] | null> {
  const name = `values-${block}`;
  try {
    await send_text(engine.value!, name);
    const found = await engine.value!.ask("values", { name, block: block_of(name) });
    if (!Array.isArray(found)) throw new Error("found no array of texts");
    return found;
  } catch (error) {
    report_trouble(`block ${name}: ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

/** The value of the operation in a row of the columns; null: it cannot be opened. */
export async function value_of(row: number): Promise<string | null> {
  const each = Math.max(1, page().operations.valuesPerBlock);
  const block = Math.floor(row / each);
  let found = values.get(block);
  if (!found) {
    if (values.size >= kValueBlocks) values.delete(values.keys().next().value!);
    found = open_values(block);
    values.set(block, found);
  }
  const text = (await found)?.[row % each];
  return text === undefined ? null : String(text);
}
