// Faults as bands. Those that overlap are stacked; details and evidence open on a click.
import { duration, moment } from "../../shared/format";
import type { Fault } from "../data";
import { fault_look, fault_name, took_place } from "../faults";
import { fitted, span, type Scale } from "../scale";
import { page, select, selection } from "../state";

const kRowsMax = 5;
const kNameMax = 150; // pixels of a name beside its band
const kLetter = 6.5;

interface Placed {
  fault: Fault;
  name: string;
  box: { x: number; width: number };
  textX: number; // inside of the band if there is room, else beside it
}

function placed(fault: Fault, scale: Scale): Placed {
  const box = span(scale, fault.begin, fault.end, 2)!;
  const arrows = `${box.cut_left ? "‹ " : ""}${fault_name(fault, page().nodes.length)}${box.cut_right && fault.end !== null ? " ›" : ""}`;
  const name = fitted(arrows, Math.max(box.width - 10, kNameMax));
  const needed = name.length * kLetter;
  if (needed + 10 <= box.width) return { fault, name, box, textX: box.x + 6 };
  const right = box.x + box.width + 5;
  const fits = right + needed <= scale.left + scale.width;
  return { fault, name, box, textX: fits ? right : Math.max(scale.left, box.x - needed - 5) };
}

function left_of(each: Placed): number {
  return Math.min(each.box.x, each.textX);
}

function right_of(each: Placed): number {
  return Math.max(each.box.x + each.box.width, each.textX + each.name.length * kLetter);
}

/** Faults of the window in rows in which neither bands nor names overlap. */
export function fault_rows(scale: Scale): { rows: Placed[][]; leftOut: number } {
  const rows: Placed[][] = [];
  let leftOut = 0;
  const shown = page().faults.filter((each) => took_place(each) && span(scale, each.begin, each.end));
  shown.sort((a, b) => a.begin! - b.begin!);
  for (const fault of shown) {
    const each = placed(fault, scale);
    const row = rows.find((others) => right_of(others[others.length - 1]!) <= left_of(each));
    if (row) row.push(each);
    else if (rows.length < kRowsMax) rows.push([each]);
    else leftOut++;
  }
  return { rows, leftOut };
}

function Band({ at, height }: { at: Placed; height: number }) {
  const { fault, box } = at;
  const look = fault_look(fault.kind);
  const chosen = selection.value?.kind === "fault" && selection.value.id === fault.id;
  const choose = () => select({ kind: "fault", id: fault.id });
  const lasts = fault.end === null ? "until the end" : `for ${duration(fault.end - fault.begin!)}`;
  const name = fault_name(fault, page().nodes.length);
  return (
    <g class={`fault ${chosen ? "chosen" : ""}`} role="button" tabindex={0} aria-pressed={chosen}
       aria-label={`Fault ${name}, from ${moment(fault.begin!)} ${lasts}, details`}
       onClick={choose} onKeyDown={(event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); } }}>
      <rect x={box.x} y={0} width={box.width} height={height - 3} rx={2} style={{ fill: look.colour, stroke: look.edge }} />
      <text x={at.textX} y={height / 2 + 3} aria-hidden="true">{at.name}</text>
    </g>
  );
}

export function FaultRows({ rows, y, row }: { rows: Placed[][]; y: number; row: number }) {
  return (
    <g class="faults">
      {rows.map((faults, index) => (
        <g transform={`translate(0 ${y + index * row})`}>
          {index === 0 && <text class="row-name" x={0} y={row / 2 + 3}>faults</text>}
          {faults.map((each) => <Band at={each} height={row} />)}
        </g>
      ))}
    </g>
  );
}
