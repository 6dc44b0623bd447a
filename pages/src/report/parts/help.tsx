import { useEffect, useRef } from "preact/hooks";
import { kOutcomes } from "../../shared/outcome";
import { engine, helpOpen } from "../state";

const kKeys: [string, string][] = [
  ["← →", "pan"],
  ["+ −", "zoom"],
  ["0 or Home", "back to the first view"],
  ["/", "search"],
  ["Tab, Enter", "next operation or fault; its details"],
  ["Esc", "close details, results or this help"],
  ["?", "this help"],
];
const kMouse: [string, string][] = [
  ["drag", "pan"],
  ["Ctrl + wheel", "zoom (without Ctrl after a click into the plot)"],
  ["Shift + wheel", "pan"],
  ["double click", "zoom in; with Shift zoom out"],
  ["click", "details of an operation, fault or message"],
];

function List({ rows }: { rows: [string, string][] }) {
  return (
    <dl class="keys">
      {rows.map(([key, meaning]) => <><dt>{key}</dt><dd>{meaning}</dd></>)}
    </dl>
  );
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open && !dialog.current!.open) dialog.current!.showModal();
    else if (!open) dialog.current!.close();
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="help-title" onClose={() => { helpOpen.value = false; }}>
      <h2 id="help-title">Keys and marks</h2>
      <div class="help-columns">
        <div>
          <h3>Keyboard</h3>
          <List rows={kKeys} />
          <p class="quiet">Keys move the plot that has the focus, otherwise the upper one.</p>
        </div>
        <div>
          <h3>Mouse</h3>
          <List rows={kMouse} />
        </div>
        <div>
          <h3>Marks</h3>
          <List rows={[
            ...kOutcomes.map((each): [string, string] => [`${each.letter} ${each.name}`, each.meaning]),
            ["◆", "where an order of all other operations puts an operation"],
            ["✕ on a bar", "no order has a place for it"],
            ["① in a node's row", "the node answered this operation"],
          ]} />
          <p class="quiet">Rows of all operations: ok fills the row, fail its lower half, info its upper half.</p>
        </div>
      </div>
      <p class="quiet">Operations are drawn by: {engine.value?.where ?? "…"}</p>
      <button type="button" onClick={() => { helpOpen.value = false; }}>Close</button>
    </dialog>
  );
}
