// The upper part of the close-up: axis, operations, faults and nodes, in one drawing.
import { useRef } from "preact/hooks";
import { counted } from "../../shared/format";
import { span, x_of, type Scale } from "../scale";
import { page } from "../state";
import { Axis, closeup_scale, useWidth } from "./frame";
import { FaultRows, fault_rows } from "./fault_rows";
import { NodeRows, kNodeRow } from "./node_rows";
import { OperationRows, operation_rows, kOperationRow } from "./operation_rows";
import { Patterns } from "./patterns";

const kAxis = 24;
const kFaultRow = 18;

/** When an invariant was violated. Of an explanation, the operations themselves show it. */
function Violation({ scale, bottom }: { scale: Scale; bottom: number }) {
  const ms = page().explanation ? null : (page().failures[0]?.atMs ?? null);
  if (ms === null || !span(scale, ms, ms)) return null;
  const x = x_of(scale, ms);
  return (
    <g class="violation">
      <line class="guide" x1={x} x2={x} y1={kAxis - 4} y2={bottom} />
      <path d={`M${x - 5} ${kAxis - 10}h10l-5 7z`} />
    </g>
  );
}

export function Timeline() {
  const ref = useRef<HTMLDivElement>(null);
  const width = useWidth(ref);
  const scale = closeup_scale(width);
  const operations = operation_rows();
  const faults = fault_rows(scale);
  const operationsAt = kAxis;
  const faultsAt = operationsAt + operations.length * kOperationRow + (operations.length ? 8 : 0);
  const nodesAt = faultsAt + faults.rows.length * kFaultRow + (faults.rows.length ? 8 : 0);
  const height = nodesAt + page().nodes.length * kNodeRow + 4;
  return (
    <div ref={ref}>
      {width > 0 && (
        <svg width={width} height={height} role="group" aria-label="Timeline">
          <Patterns />
          <Axis scale={scale} height={height} />
          <FaultRows rows={faults.rows} y={faultsAt} row={kFaultRow} />
          <NodeRows scale={scale} y={nodesAt} />
          <OperationRows scale={scale} rows={operations} y={operationsAt} bottom={height} />
          <Violation scale={scale} bottom={height} />
        </svg>
      )}
      {faults.leftOut > 0 && (
        <p class="quiet note">{counted(faults.leftOut, "more fault")} in this window: zoom in, or see the table below</p>
      )}
    </div>
  );
}
