// The operations of a run as columns, and what the page asks about them. No DOM: runs in a worker.
import type { Interval, Operations } from "../data";
import type { Columns, Numbers } from "./decode";

/** One operation, for details, tables and points. */
export interface Row {
  row: number; // in the columns
  index: number; // of its invocation in the history
  process: number;
  thread: number; // which client thread
  f: string;
  key: string;
  outcome: number; // 0 ok, 1 fail, 2 info
  invokeMs: number;
  completeMs: number | null;
}

export interface Rows {
  rows: Row[];
  more: boolean; // the window has more than were asked for
}

/** Operations in groups, each group by invocation: of a thread, or on a key. */
export interface Grouping {
  order: Uint32Array; // rows
  starts: Uint32Array; // group g has order[starts[g]] … order[starts[g + 1] - 1]
}

export type By = "process" | "key";

/** How an operation of the explanation is found in the columns. */
export interface Mark {
  index: number | null;
  process: string;
  invokeMs: number;
}

export const kNever = 0xffffffff;

export class History {
  readonly count: number;
  readonly msPerTick: number;
  private readonly groupings: { [by in By]?: Grouping } = {};
  private readonly byIndex: Uint32Array;
  private readonly longest: number; // ticks, of those that completed
  private readonly open: Uint32Array; // rows that never completed
  readonly named = new Set<number>();

  constructor(readonly operations: Operations, readonly columns: Columns) {
    for (const name of ["invoke", "duration", "process", "lane", "key", "index", "f", "outcome"]) {
      if (columns[name]?.length !== operations.count) {
        throw new Error(`operations, column ${name}: found ${columns[name]?.length ?? "none"}, ` +
                        `expected ${operations.count} rows`);
      }
    }
    this.count = operations.count;
    this.msPerTick = operations.tickNs / 1e6;
    const duration = columns.duration!;
    let longest = 0;
    const open: number[] = [];
    for (let row = 0; row < this.count; row++) {
      if (duration[row] === kNever) open.push(row);
      else if (duration[row]! > longest) longest = duration[row]!;
    }
    this.longest = longest;
    this.open = Uint32Array.from(open);
    this.byIndex = sorted_rows(columns.index!);
  }

  invoke_ms(row: number): number {
    return this.operations.originMs + this.columns.invoke![row]! * this.msPerTick;
  }

  /** Infinity: it never completed. */
  complete_ms(row: number): number {
    const duration = this.columns.duration![row]!;
    return duration === kNever ? Infinity : this.invoke_ms(row) + duration * this.msPerTick;
  }

  row(row: number): Row {
    const { columns, operations } = this;
    const complete = this.complete_ms(row);
    return {
      row,
      index: columns.index![row]!,
      process: columns.process![row]!,
      thread: columns.lane![row]!,
      f: operations.functions[columns.f![row]!] ?? "?",
      key: operations.keys[columns.key![row]!] ?? "",
      outcome: columns.outcome![row]!,
      invokeMs: this.invoke_ms(row),
      completeMs: Number.isFinite(complete) ? complete : null,
    };
  }

  groups(by: By): Grouping {
    const { columns, operations } = this;
    return (this.groupings[by] ??= by === "process"
      ? grouped(columns.lane!, operations.lanes.length)
      : grouped(columns.key!, Math.max(1, operations.keys.length)));
  }

  /** The first row whose invocation is not before `ms`. */
  first_from(ms: number): number {
    const tick = (ms - this.operations.originMs) / this.msPerTick;
    return first(this.columns.invoke!, tick);
  }

  /**
   * Operations that overlap the window, by invocation, at most `most`. Those that never completed overlap
   * every later window; they are the first to be left out.
   */
  overlapping(window: Interval, most: number): Rows {
    const found: number[] = [];
    const early = this.first_from(window.begin - this.longest * this.msPerTick);
    for (let row = early; row < this.count && this.invoke_ms(row) <= window.end; row++) {
      if (this.complete_ms(row) < window.begin) continue;
      if (found.length >= most) return { rows: found.map((each) => this.row(each)), more: true };
      found.push(row);
    }
    const before = this.open.filter((row) => row < early);
    const room = Math.max(0, most - found.length);
    const rows = [...before.slice(Math.max(0, before.length - room)), ...found];
    return { rows: rows.map((each) => this.row(each)), more: before.length > room };
  }

  by_index(index: number): Row | null {
    const column = this.columns.index!;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column[this.byIndex[middle]!]! < index) low = middle + 1;
      else high = middle;
    }
    const row = this.byIndex[low];
    return row !== undefined && column[row] === index ? this.row(row) : null;
  }

  /** Operations of a process, or on a key, by invocation. */
  of(column: "process" | "key", value: number, most: number): Rows {
    const numbers = this.columns[column]!;
    const rows: Row[] = [];
    for (let row = 0; row < this.count; row++) {
      if (numbers[row] !== value) continue;
      if (rows.length >= most) return { rows, more: true };
      rows.push(this.row(row));
    }
    return { rows, more: false };
  }

  /** Remembers which operations a violation is about; returns their rows, null where none fits. */
  mark(marks: Mark[]): (Row | null)[] {
    return marks.map((mark) => {
      const row = mark.index !== null ? this.by_index(mark.index) : this.invoked(mark);
      if (row) this.named.add(row.row);
      return row;
    });
  }

  private invoked(mark: Mark): Row | null {
    const process = Number(mark.process);
    const slack = 2 * this.msPerTick + 0.001; // rounding to ticks and to the digits of a text
    for (let row = this.first_from(mark.invokeMs - slack); row < this.count; row++) {
      if (this.invoke_ms(row) > mark.invokeMs + slack) break;
      if (this.columns.process![row] === process) return this.row(row);
    }
    return null;
  }
}

/** Index of the first element that is not below `value`, in rising numbers. */
export function first(numbers: Numbers, value: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows in groups by counting; a number beyond the last group counts as the last one. */
export function grouped(numbers: Numbers, groups: number): Grouping {
  const starts = new Uint32Array(groups + 1);
  const group = (row: number) => Math.min(numbers[row]!, groups - 1);
  for (let row = 0; row < numbers.length; row++) starts[group(row) + 1]!++;
  for (let each = 0; each < groups; each++) starts[each + 1]! += starts[each]!;
  const next = starts.slice(0, groups);
  const order = new Uint32Array(numbers.length);
  for (let row = 0; row < numbers.length; row++) order[next[group(row)]!++] = row;
  return { order, starts };
}

/** Rows by their number. Histories are written by invocation, so they mostly are in order already. */
function sorted_rows(numbers: Numbers): Uint32Array {
  const rows = new Uint32Array(numbers.length);
  let rising = true;
  for (let row = 0; row < rows.length; row++) {
    rows[row] = row;
    if (row > 0 && numbers[row]! < numbers[row - 1]!) rising = false;
  }
  return rising ? rows : rows.sort((a, b) => numbers[a]! - numbers[b]!);
}
