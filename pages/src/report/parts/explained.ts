// Texts about the operations of the explanation.
import { readable } from "../../shared/format";
import type { ExplainedOperation } from "../data";

/** "write 2129", "read → 2123": a read's value is what it returned. */
export function explained_text(operation: ExplainedOperation, longest: number): string {
  const { f, value } = operation;
  const shown = readable(value, longest);
  const returned = /^(read|get)$/.test(f) && operation.outcome === "ok";
  return shown === "" ? readable(f, 40) : `${readable(f, 40)} ${returned ? "→ " : ""}${shown}`;
}
