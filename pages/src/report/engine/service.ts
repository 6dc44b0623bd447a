// What the page can ask its engine. The same code answers in a worker, and on the main thread where a
// page may not start one.
import type { Block, Interval, Operations } from "../data";
import { columns_of, opened_bytes, type Columns } from "./decode";
import { History, type Mark, type Row, type Rows } from "./history";
import { operation_at, paint, type Picture } from "./paint";

export interface Requests {
  begin: { ask: Operations; answer: void };
  /** Part of the base64 of a block; the parts are used by the request that opens it. */
  piece: { ask: { name: string; text: string }; answer: void };
  open: { ask: { name: "lanes" | "operations"; block: Block }; answer: void };
  columns: { ask: { name: string; block: Block }; answer: Columns };
  values: { ask: { name: string; block: Block }; answer: string[] };
  names: { ask: string[]; answer: void };
  attach: { ask: OffscreenCanvas | HTMLCanvasElement; answer: void };
  paint: { ask: Picture; answer: { detailsMissing: boolean } };
  hit: { ask: { x: number; y: number }; answer: Row | null };
  overlapping: { ask: { window: Interval; most: number }; answer: Rows };
  index: { ask: number; answer: Row | null };
  of: { ask: { column: "process" | "key"; value: number; most: number }; answer: Rows };
  mark: { ask: Mark[]; answer: (Row | null)[] };
}

export type Name = keyof Requests;
export type Handler = <N extends Name>(name: N, ask: Requests[N]["ask"]) => Promise<Requests[N]["answer"]>;

export class Service {
  private operations: Operations | null = null;
  private pyramids: Columns | null = null;
  private history: History | null = null;
  private readonly pieces = new Map<string, string[]>();
  private names: string[] = [];
  private canvas: OffscreenCanvas | HTMLCanvasElement | null = null;
  private picture: Picture | null = null;

  handle: Handler = async (name, ask) => {
    const handler = this.handlers[name] as (given: typeof ask) => unknown;
    return (await handler(ask)) as never;
  };

  private readonly handlers: {
    [N in Name]: (ask: Requests[N]["ask"]) => Requests[N]["answer"] | Promise<Requests[N]["answer"]>;
  } = {
    begin: (operations) => { this.operations = operations; },
    piece: ({ name, text }) => {
      const pieces = this.pieces.get(name);
      if (pieces) pieces.push(text);
      else this.pieces.set(name, [text]);
    },
    open: async ({ name, block }) => {
      const columns = columns_of(await this.bytes_of(name, block), block);
      if (name === "lanes") this.pyramids = columns;
      else this.history = new History(this.begun(), columns);
    },
    columns: async ({ name, block }) => columns_of(await this.bytes_of(name, block), block),
    values: async ({ name, block }) =>
      JSON.parse(new TextDecoder().decode(await this.bytes_of(name, block))) as string[],
    names: (names) => { this.names = names; },
    attach: (canvas) => { this.canvas = canvas; },
    paint: (picture) => {
      this.picture = picture;
      return { detailsMissing: this.canvas ? paint(this.canvas, picture, this.source()) : false };
    },
    hit: ({ x, y }) => {
      const row = this.picture && operation_at(this.picture, this.source(), x, y);
      return row === null ? null : this.history!.row(row);
    },
    overlapping: ({ window, most }) => this.history?.overlapping(window, most) ?? { rows: [], more: true },
    index: (index) => this.history?.by_index(index) ?? null,
    of: ({ column, value, most }) => this.history?.of(column, value, most) ?? { rows: [], more: true },
    mark: (marks) => this.history?.mark(marks) ?? marks.map(() => null),
  };

  private bytes_of(name: string, block: Block): Promise<Uint8Array> {
    const pieces = this.pieces.get(name) ?? [];
    this.pieces.delete(name);
    return opened_bytes(pieces, block.bytes);
  }

  private begun(): Operations {
    if (!this.operations) throw new Error("the engine was asked before it began");
    return this.operations;
  }

  private source() {
    return { names: this.names, operations: this.begun(), pyramids: this.pyramids, history: this.history };
  }
}
