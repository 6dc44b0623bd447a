// What the nodes that served the operations wrote into their logs at that time.
import { count, moment, readable } from "../../shared/format";
import { page } from "../state";

const kMost = 200;

export function LogLines() {
  const lines = page().explanation?.logLines ?? [];
  if (lines.length === 0) return null;
  return (
    <section class="log" aria-label="Log lines">
      <h2>Log of the nodes that answered</h2>
      <div class="scroll" tabindex={0} role="region" aria-label="Log lines, scrollable" data-own-arrows>
        <table class="mono">
          <thead class="hidden-visually"><tr><th>Time</th><th>Node</th><th>Operation</th><th>Line</th></tr></thead>
          <tbody>
            {lines.slice(0, kMost).map((line) => (
              <tr>
                <td class="number">{line.ms === null ? "" : moment(line.ms)}</td>
                <td class="data">{readable(line.node, 30)}</td>
                <td>{line.operation !== null && <span class="badge still">{line.operation}</span>}</td>
                <td class="data">{readable(line.text, 1000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {lines.length > kMost && <p class="quiet">{count(lines.length - kMost)} more lines are in the run's directory</p>}
    </section>
  );
}
