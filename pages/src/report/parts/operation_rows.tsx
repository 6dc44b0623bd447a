// The operations of the explanation as intervals, a row for each process, with the points at which an
// order of all other operations puts them.
import { moment, readable } from "../../shared/format";
import { look_of } from "../../shared/outcome";
import type { ExplainedOperation } from "../data";
import { fitted, span, x_of, type Scale } from "../scale";
import { page, select, selection } from "../state";
import { explained_text } from "./explained";

export const kOperationRow = 27;
const kBar = 19;
const kRowsMax = 24;

interface ProcessRow {
  process: string;
  operations: ExplainedOperation[];
}

let rows: ProcessRow[] | null = null;

/** A row for each process, in the order in which their first operation was invoked. */
export function operation_rows(): ProcessRow[] {
  if (rows) return rows;
  const all = [...(page().explanation?.operations ?? [])];
  all.sort((a, b) => (a.invokeMs ?? 0) - (b.invokeMs ?? 0));
  const by = new Map<string, ExplainedOperation[]>();
  for (const each of all) by.set(each.process, [...(by.get(each.process) ?? []), each]);
  rows = [...by].slice(0, kRowsMax).map(([process, operations]) => ({ process, operations }));
  return rows;
}

function says(operation: ExplainedOperation, placed: boolean): string {
  const { number, process, invokeMs, completeMs, pointMs, outcome } = operation;
  const times = `${invokeMs === null ? "before the record" : moment(invokeMs)} to ` +
                `${completeMs === null ? "never" : moment(completeMs)}`;
  const point = pointMs !== null ? `, takes effect at ${moment(pointMs)}`
    : placed && operation.named ? ", has no place in any order" : "";
  return `${number}: ${explained_text(operation, 80)}, process ${readable(process, 40)}, ${outcome}, ${times}${point}`;
}

/** The bar's text: inside if it fits, else where there is room beside it. */
function Label({ text, box, scale, strong }:
               { text: string; box: { x: number; width: number }; scale: Scale; strong: boolean }) {
  const kind = strong ? "strong" : "";
  if (box.width > text.length * 6.7 + 10) {
    return <text aria-hidden="true" class={`inside ${kind}`} x={box.x + 6} y={kBar / 2 + 4}>{text}</text>;
  }
  const right = scale.left + scale.width - box.x - box.width - 18;
  if (right > Math.min(text.length * 6.7, 150)) {
    return <text aria-hidden="true" class={kind} x={box.x + box.width + 18} y={kBar / 2 + 4}>{fitted(text, right)}</text>;
  }
  return (
    <text aria-hidden="true" class={kind} x={box.x - 18} y={kBar / 2 + 4} text-anchor="end">
      {fitted(text, box.x - scale.left - 18)}
    </text>
  );
}

function Point({ operation, scale, box, placed }:
               { operation: ExplainedOperation; scale: Scale; box: { x: number; width: number }; placed: boolean }) {
  if (operation.pointMs !== null) {
    const { window } = scale;
    if (operation.pointMs < window.begin || operation.pointMs > window.end) return null;
    const x = x_of(scale, operation.pointMs);
    return <path class="point" d={`M${x} -4l4 4.5l-3 3.5v${kBar - 8}l3 3.5l-4 4.5l-4 -4.5l3 -3.5v-${kBar - 8}l-3 -3.5z`} />;
  }
  if (!placed || !operation.named) return null;
  const x = box.x + box.width / 2;
  return <path class="no-place" d={`M${x - 6} -5l12 12m0 -12l-12 12`} transform={`translate(0 ${kBar / 2 - 1})`} />;
}

/** At the edge of the window: an operation that is before or after it. */
function Elsewhere({ operation, scale }: { operation: ExplainedOperation; scale: Scale }) {
  const earlier = (operation.completeMs ?? Infinity) < scale.window.begin;
  const text = fitted(`${operation.number} · ${explained_text(operation, 40)}`, 240);
  return earlier
    ? <text class="elsewhere" x={scale.left + 4} y={kBar / 2 + 4}>‹ {text}, earlier</text>
    : <text class="elsewhere" x={scale.left + scale.width - 4} y={kBar / 2 + 4} text-anchor="end">{text}, later ›</text>;
}

function Bar({ operation, scale, placed }: { operation: ExplainedOperation; scale: Scale; placed: boolean }) {
  const box = span(scale, operation.invokeMs, operation.completeMs, 5);
  if (!box) return <Elsewhere operation={operation} scale={scale} />;
  const { named, outcome, number } = operation;
  const chosen = selection.value?.kind === "explained" && selection.value.number === number;
  const choose = () => select({ kind: "explained", number });
  const open = operation.completeMs === null;
  const text = `${number} · ${explained_text(operation, 60)}`;
  return (
    <g class={`operation ${look_of(outcome).name} ${named ? "named" : "background"} ${chosen ? "chosen" : ""}`}
       role="button" tabindex={0} aria-label={says(operation, placed)} aria-pressed={chosen}
       onClick={choose} onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } }}>
      <rect class="bar-fill" x={box.x} y={0} width={box.width} height={kBar} rx={2} />
      {open && <path class="open-end" d={`M${box.x + box.width} 0l-5 ${kBar / 4}l5 ${kBar / 4}l-5 ${kBar / 4}l5 ${kBar / 4}`} />}
      <Point operation={operation} scale={scale} box={box} placed={placed} />
      <Label text={text} box={box} scale={scale} strong={named} />
    </g>
  );
}

/** A line from the end of a named operation through faults and nodes, to see what was true then. */
function Guide({ operation, scale, y, bottom }:
               { operation: ExplainedOperation; scale: Scale; y: number; bottom: number }) {
  const at = operation.completeMs ?? operation.invokeMs;
  if (!operation.named || at === null || at < scale.window.begin || at > scale.window.end) return null;
  const x = x_of(scale, at);
  return <line class="guide" x1={x} x2={x} y1={y + kBar} y2={bottom} />;
}

export function OperationRows({ scale, rows, y, bottom }:
                              { scale: Scale; rows: ProcessRow[]; y: number; bottom: number }) {
  const placed = rows.some((row) => row.operations.some((each) => each.pointMs !== null));
  return (
    <g class="operations">
      {rows.map((row, index) => {
        const top = y + index * kOperationRow;
        return (
          <>
            {row.operations.map((each) => <Guide operation={each} scale={scale} y={top} bottom={bottom} />)}
            <g transform={`translate(0 ${top + 3})`}>
              <text class="row-name" x={0} y={kBar / 2 + 4}>{fitted(`process ${readable(row.process, 30)}`, 124)}</text>
              <line class="row-line" x1={scale.left} x2={scale.left + scale.width} y1={kBar / 2} y2={kBar / 2} />
              {row.operations.map((each) => <Bar operation={each} scale={scale} placed={placed} />)}
            </g>
          </>
        );
      })}
    </g>
  );
}
