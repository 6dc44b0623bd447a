// All operations of the run, a row for each client thread or for each key, drawn by the engine into one
// canvas. The first picture comes from the pyramids; details once they are looked at from near.
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { count, counted, readable } from "../../shared/format";
import { kOutcomes } from "../../shared/outcome";
import { colour, theme } from "../../shared/theme";
import { open_block } from "../blocks";
import type { By } from "../engine/history";
import type { Picture } from "../engine/paint";
import { fault_look, took_place } from "../faults";
import { useGestures } from "../gestures";
import { closeup, engine, explainedRows, opened, page, report_trouble, select, selection, whole } from "../state";
import { kLeft, kRight, useWidth } from "./frame";

const kHeightMax = 460;
const kRow = { process: 13, key: 22 };

const by = signal<By>("process");

function names_of(each: By): string[] {
  const { lanes: threads, keys } = page().operations;
  if (each === "process") return threads.map(({ thread, node }) => {
    const name = /^[0-9]+$/.test(thread) ? `client ${thread}` : thread;
    return readable(node ? `${name} · ${node}` : name, 30);
  });
  return keys.map((key, at) => key === "" ? (keys.length > 1 || at > 0 ? "(no key)" : "all") : readable(key, 30));
}

function colours(): { [name: string]: string } {
  return {
    paper: colour("--paper"), ink: colour("--ink"), quiet: colour("--quiet"), grid: colour("--grid"),
    ok: colour("--ok"), okEdge: colour("--ok-edge"), fail: colour("--fail"), failEdge: colour("--fail-edge"),
    info: colour("--info"), infoEdge: colour("--info-edge"), alarm: colour("--alarm"), onOutcome: colour("--on-outcome"),
  };
}

function selected_row(): number | null {
  const selected = selection.value;
  if (selected?.kind !== "explained") return null;
  const at = page().explanation?.operations.findIndex((each) => each.number === selected.number) ?? -1;
  return explainedRows.value[at]?.row ?? null;
}

let painting = false;
let next: Picture | null = null;
let first = true;
let sentNames: string[] | null = null;

/** Asks for a picture; while one is being drawn, only the newest of those asked for is kept. */
async function request(picture: Picture): Promise<void> {
  next = picture;
  if (painting) return;
  painting = true;
  try {
    while (next) {
      const now: Picture = next;
      next = null;
      const { detailsMissing } = await engine.value!.ask("paint", now);
      if (first && opened.value.lanes) {
        first = false;
        requestAnimationFrame(() => performance.mark("capsize-operations-painted"));
      }
      // Opening them draws again, through the signal `opened`.
      if (detailsMissing) void open_block("operations");
    }
  } catch (error) {
    report_trouble(`operations: ${error instanceof Error ? error.message : error}`);
  } finally {
    painting = false;
  }
}

/** Draws whenever something changes that the picture shows. */
function usePicture(width: number, height: number, top: number, attached: boolean, names: string[]): void {
  const window = whole.window.value;
  const selected = selected_row();
  const blocks = opened.value;
  useEffect(() => {
    if (!attached || width === 0) return;
    if (sentNames !== names) void engine.value!.ask("names", names);
    sentNames = names;
    void request({
      by: by.value, window, width: width - kRight, height, ratio: devicePixelRatio, gutter: kLeft,
      rowHeight: kRow[by.value], top, focus: page().focus ? closeup.home : null, selected, colours: colours(),
      faults: page().faults.filter(took_place).map((each) => ({
        begin: each.begin!, end: each.end ?? whole.limits.end, colour: fault_look(each.kind).colour,
      })),
    });
  }, [window, width, height, top, attached, names, by.value, selected, blocks, theme.value]);
}

function useCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [attached, set_attached] = useState(false);
  const each = engine.value;
  useEffect(() => {
    if (!each) return;
    each.attach(canvas.current!).then(() => set_attached(true), (error: Error) => report_trouble(error.message));
    if (page().operations.lanes.length > 0) void open_block("lanes");
  }, [each]);
  return { canvas, attached };
}

function Switch() {
  const choose = (each: By) => {
    by.value = each;
    if (each === "key") void open_block("operations");
  };
  return (
    <span role="group" aria-label="Rows">
      <button type="button" class="small" aria-pressed={by.value === "process"} onClick={() => choose("process")}>By process</button>{" "}
      <button type="button" class="small" aria-pressed={by.value === "key"} onClick={() => choose("key")}>By key</button>
    </span>
  );
}

async function hit(event: MouseEvent): Promise<void> {
  const canvas = event.currentTarget as HTMLElement;
  if (canvas.closest(".dragging") || !(await open_block("operations"))) return;
  const box = canvas.getBoundingClientRect();
  const row = await engine.value!.ask("hit", { x: event.clientX - box.left, y: event.clientY - box.top });
  if (row) select({ kind: "operation", index: row.index });
}

export function AllOperations() {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [top, set_top] = useState(0);
  const { canvas, attached } = useCanvas();
  const names = useNames();
  const row = kRow[by.value];
  const height = Math.max(row, Math.min(kHeightMax, names.length * row));
  usePicture(width, height, top, attached, names);
  useGestures(frame, whole, { left: kLeft, right: kRight });
  const { operations } = page();
  const wants = by.value === "key" && !opened.value.operations;
  return (
    <div class="all-operations">
      <div class="title">
        <h3>{counted(operations.count, "operation")}</h3>
        <Switch />
        <ul class="legend" aria-label="Outcomes">
          {kOutcomes.map((each) => <li><span class={`swatch row-${each.name} ${each.name}`} /> {each.letter} {each.name}</li>)}
          <li><span class="swatch row-named" /> in the violation</li>
        </ul>
        {operations.keysLeftOut > 0 && by.value === "key" && <span class="quiet">{count(operations.keysLeftOut)} more keys share the last row</span>}
        {wants && <span class="quiet" role="status">Opening the operations…</span>}
      </div>
      <div class="frame scroll-rows" ref={frame} tabindex={0} role="group" data-view="whole" style={{ height: `${height}px` }}
           aria-label="All operations; left and right pan, plus and minus zoom" onScroll={(event) => set_top(event.currentTarget.scrollTop)}>
        <div style={{ height: `${names.length * row}px` }}>
          <canvas ref={canvas} role="img" aria-label={`Operations by ${by.value}; the table below has them as text`} onClick={(event) => void hit(event)}
                  style={{ width: `${Math.max(1, width - kRight)}px`, height: `${height}px` }} />
        </div>
      </div>
    </div>
  );
}

function useNames(): string[] {
  const each = by.value;
  const [names, set_names] = useState(() => names_of(each));
  useEffect(() => set_names(names_of(each)), [each]);
  return names;
}
