// Faults as bands. Those that overlap are stacked; details and evidence open on a click.
import { duration, moment } from "../../shared/format";
import type { Fault } from "../data";
import { fault_look, fault_name, took_place } from "../faults";
import { fitted, span, type Scale } from "../scale";
import { page, select, selection } from "../state";

const kRowsMax = 5;

/** Faults of the window in rows without overlaps. */
export function fault_rows(scale: Scale): { rows: Fault[][]; leftOut: number } {
  const rows: Fault[][] = [];
  let leftOut = 0;
  const shown = page().faults.filter((each) => took_place(each) && span(scale, each.begin, each.end));
  shown.sort((a, b) => a.begin! - b.begin!);
  for (const fault of shown) {
    const row = rows.find((each) => (each[each.length - 1]!.end ?? Infinity) <= fault.begin!);
    if (row) row.push(fault);
    else if (rows.length < kRowsMax) rows.push([fault]);
    else leftOut++;
  }
  return { rows, leftOut };
}

function Band({ fault, scale, height }: { fault: Fault; scale: Scale; height: number }) {
  const box = span(scale, fault.begin, fault.end, 2);
  if (!box) return null;
  const look = fault_look(fault.kind);
  const name = fault_name(fault, page().nodes.length);
  const chosen = selection.value?.kind === "fault" && selection.value.id === fault.id;
  const choose = () => select({ kind: "fault", id: fault.id });
  const lasts = fault.end === null ? "until the end" : `for ${duration(fault.end - fault.begin!)}`;
  const arrows = `${box.cut_left ? "‹ " : ""}${name}${box.cut_right && fault.end !== null ? " ›" : ""}`;
  return (
    <g class={`fault ${chosen ? "chosen" : ""}`} role="button" tabindex={0} aria-pressed={chosen}
       aria-label={`Fault ${name}, from ${moment(fault.begin!)} ${lasts}, details`}
       onClick={choose} onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } }}>
      <rect x={box.x} y={0} width={box.width} height={height - 3} rx={2} style={{ fill: look.colour, stroke: look.edge }} />
      <text x={box.x + 6} y={height / 2 + 3} aria-hidden="true">{fitted(arrows, box.width - 10)}</text>
    </g>
  );
}

export function FaultRows({ scale, rows, y, row }:
                          { scale: Scale; rows: Fault[][]; y: number; row: number }) {
  return (
    <g class="faults">
      {rows.map((faults, index) => (
        <g transform={`translate(0 ${y + index * row})`}>
          {index === 0 && <text class="row-name" x={0} y={row / 2 + 3}>faults</text>}
          {faults.map((fault) => <Band fault={fault} scale={scale} height={row} />)}
        </g>
      ))}
    </g>
  );
}
