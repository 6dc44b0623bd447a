// The explanation in words: the operations with who served them, and Let … Then … However ….
import { readable } from "../../shared/format";
import { look_of } from "../../shared/outcome";
import type { Argument, ExplainedOperation } from "../data";
import { page, select, selection } from "../state";
import { explained_text } from "./explained";

const kLabels: { [kind in Argument["kind"]]: string } = { let: "Let", then: "Then", however: "However" };

function Served({ operation }: { operation: ExplainedOperation }) {
  const { servedBy, newestLeader } = operation;
  // An answer by a node that does not know of the newest term is what most often explains a violation.
  const old = servedBy?.term != null && newestLeader !== null && servedBy.term < newestLeader.term;
  return (
    <>
      <td class={old ? "data old" : "data"}>
        {servedBy
          ? readable([servedBy.node, servedBy.role, servedBy.term !== null && `term ${servedBy.term}`]
            .filter(Boolean).join(" "), 60)
          : "–"}
      </td>
      <td class="data">
        {newestLeader ? readable(`${newestLeader.node} term ${newestLeader.term}`, 60) : "–"}
      </td>
    </>
  );
}

function Operation({ operation }: { operation: ExplainedOperation }) {
  const chosen = selection.value?.kind === "explained" && selection.value.number === operation.number;
  const choose = () => select({ kind: "explained", number: operation.number });
  return (
    <tr class={`${operation.named ? "named" : ""} ${chosen ? "chosen" : ""}`}>
      <td>
        <button type="button" class="badge" onClick={choose} aria-label={`Operation ${operation.number}, details`}>
          {operation.number}
        </button>
      </td>
      <td class="data">
        {explained_text(operation, 60)}{" "}
        <span class="quiet">{look_of(operation.outcome).letter} {operation.outcome}</span>
      </td>
      <Served operation={operation} />
    </tr>
  );
}

export function Words() {
  const { explanation } = page();
  if (!explanation) return null;
  return (
    <section class="words" aria-label="Explanation">
      <table class="served">
        <thead>
          <tr>
            <th><span class="hidden-visually">Number</span></th>
            <th>Operation</th>
            <th>Answered by</th>
            <th>Newest leader</th>
          </tr>
        </thead>
        <tbody>
          {explanation.operations.slice(0, 40).map((each) => <Operation operation={each} />)}
        </tbody>
      </table>
      <dl class="argument">
        {explanation.words.slice(0, 40).map((each) => (
          <div class={each.kind}>
            <dt>{kLabels[each.kind] ?? ""}</dt>
            <dd class="data">{readable(each.text, 600)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
