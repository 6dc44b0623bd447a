// How long the cluster needed after each fault.
import { count, duration, moment, readable } from "../../shared/format";
import type { Fault } from "../data";
import { fault_look, fault_name } from "../faults";
import { page, select, selection } from "../state";

const kMost = 300;

function ms(value: number | null): string {
  return value === null ? "–" : duration(value);
}

function FaultRow({ fault, reasons }: { fault: Fault; reasons: boolean }) {
  const chosen = selection.value?.kind === "fault" && selection.value.id === fault.id;
  const at = fault.begin === null ? undefined : { begin: fault.begin, end: fault.end ?? fault.begin };
  return (
    <tr class={chosen ? "chosen" : ""}>
      <td>
        <button type="button" class="link" aria-pressed={chosen} onClick={() => select({ kind: "fault", id: fault.id }, at)}>
          <span class="swatch" style={{ background: fault_look(fault.kind).colour, borderColor: fault_look(fault.kind).edge }} />
          <span class="data">{fault_name(fault, page().nodes.length)}</span>
        </button>
      </td>
      <td>{fault.state}</td>
      <td class="number">{fault.begin === null ? "–" : moment(fault.begin)}</td>
      <td class="number">{fault.begin === null || fault.end === null ? "–" : duration(fault.end - fault.begin)}</td>
      <td class="number">{ms(fault.outageMs)}</td>
      <td class="number">{ms(fault.recoveryMs)}</td>
      <td class="number">{ms(fault.recoveryEverywhereMs)}</td>
      {reasons && <td class="data quiet">{readable(fault.reason, 120)}</td>}
    </tr>
  );
}

export function Recovery() {
  const { faults } = page();
  const reasons = faults.some((each) => each.reason !== "");
  return (
    <section aria-label="Faults and recovery">
      <h2>Faults and recovery</h2>
      {faults.length === 0 && <p class="quiet">No fault was planned.</p>}
      {faults.length > 0 && (
        <table class="wide">
          <thead>
            <tr>
              <th>Fault</th><th>State</th><th class="number">Begin</th><th class="number">Lasted</th>
              <th class="number">Longest outage</th><th class="number">Recovered after</th>
              <th class="number">On every node</th>{reasons && <th>Reason</th>}
            </tr>
          </thead>
          <tbody>{faults.slice(0, kMost).map((fault) => <FaultRow fault={fault} reasons={reasons} />)}</tbody>
        </table>
      )}
      {faults.length > kMost && <p class="quiet">{count(faults.length - kMost)} more: search for “fault”</p>}
    </section>
  );
}
