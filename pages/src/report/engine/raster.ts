// What each pixel of a row shows: the worst outcome of the operations that touch it. Pure functions, so
// that a row costs at most one rectangle a pixel, however many operations a run has.
import type { Interval, Operations } from "../data";
import type { Columns } from "./decode";
import type { Grouping, History } from "./history";

/** Codes of a pixel, as in the column `worst`: the higher one wins. */
export const kNothing = 0;
export const kOk = 1;
export const kFail = 2;
export const kInfo = 3;
export const kNamed = 4;

/** The level of a pyramid whose bins are the widest of at most one pixel; null: all are wider. */
export function level_for(operations: Operations, window: Interval, width: number): number | null {
  const msPerPixel = (window.end - window.begin) / width;
  if (operations.binMs > msPerPixel) return null;
  const level = Math.floor(Math.log2(msPerPixel / operations.binMs));
  return Math.min(level, Math.round(Math.log2(operations.bins)));
}

/** Where a level begins in the 2·bins − 1 bins of a row. */
export function level_offset(bins: number, level: number): number {
  return 2 * bins - 2 * (bins / 2 ** level);
}

/** Fills `pixels` from bins of a level of one row's pyramid. */
export function raster_bins(pixels: Uint8Array, pyramids: Columns, row: number, level: number,
                            operations: Operations, window: Interval): void {
  const worst = pyramids.worst!;
  const bins = operations.bins / 2 ** level;
  const binMs = operations.binMs * 2 ** level;
  const base = row * (2 * operations.bins - 1) + level_offset(operations.bins, level);
  const scale = pixels.length / (window.end - window.begin);
  const from = Math.max(0, Math.floor((window.begin - operations.originMs) / binMs));
  const to = Math.min(bins - 1, Math.floor((window.end - operations.originMs) / binMs));
  for (let bin = from; bin <= to; bin++) {
    const code = worst[base + bin]!;
    if (code === kNothing) continue;
    const start = operations.originMs + bin * binMs - window.begin;
    fill(pixels, start * scale, (start + binMs) * scale, code);
  }
}

/** Marks pixels that the interval touches, at least one; a worse code stays. */
export function fill(pixels: Uint8Array, x0: number, x1: number, code: number): void {
  const from = Math.max(0, Math.floor(x0));
  const to = Math.min(pixels.length, Math.max(Math.ceil(x1), from + 1));
  for (let x = from; x < to; x++) if (pixels[x]! < code) pixels[x] = code;
}

export function code_of(history: History, row: number): number {
  return history.named.has(row) ? kNamed : history.columns.outcome![row]! + 1;
}

/** The positions in `grouping.order` that a group has in the window: those invoked before its end. */
export function group_range(history: History, grouping: Grouping, group: number,
                            window: Interval): { begin: number; end: number } {
  const { order, starts } = grouping;
  let low = starts[group]!;
  let high = starts[group + 1]!;
  const begin = low;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (history.invoke_ms(order[middle]!) <= window.end) low = middle + 1;
    else high = middle;
  }
  return { begin, end: low };
}

/**
 * The end of an operation as it is drawn. One that never completed may take effect at any later time; in
 * the row of a thread it is drawn until the thread's next operation, on a key until the end.
 */
export function drawn_end(history: History, grouping: Grouping, group: number, at: number,
                          byThread: boolean): number {
  const row = grouping.order[at]!;
  const end = history.complete_ms(row);
  if (Number.isFinite(end) || !byThread) return end;
  return at + 1 < grouping.starts[group + 1]! ? history.invoke_ms(grouping.order[at + 1]!) : Infinity;
}

/** Visits the operations of a group that overlap the window. */
export function each_in_window(history: History, grouping: Grouping, group: number, window: Interval,
                               byThread: boolean,
                               visit: (row: number, begin: number, end: number) => void): void {
  const range = group_range(history, grouping, group, window);
  let from = range.begin;
  if (byThread) {
    // A thread has one operation at a time, so only the last one before the window reaches into it.
    const early = group_range(history, grouping, group, { begin: 0, end: window.begin });
    from = Math.max(range.begin, early.end - 1);
  }
  for (let at = from; at < range.end; at++) {
    const end = drawn_end(history, grouping, group, at, byThread);
    if (end < window.begin) continue;
    const row = grouping.order[at]!;
    visit(row, history.invoke_ms(row), end);
  }
}

/** Calls `draw` for each run of equal pixels. */
export function runs(pixels: Uint8Array, draw: (x: number, width: number, code: number) => void): void {
  let start = 0;
  for (let x = 1; x <= pixels.length; x++) {
    if (x < pixels.length && pixels[x] === pixels[start]) continue;
    if (pixels[start] !== kNothing) draw(start, x - start, pixels[start]!);
    start = x;
  }
}
