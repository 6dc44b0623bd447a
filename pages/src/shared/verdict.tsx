import { readable } from "./format";

const kKnown = new Set(["valid", "invalid", "unknown", "vacuous", "harness-error"]);

/** A verdict as a word in a box. */
export function Verdict({ verdict }: { verdict: string }) {
  const kind = kKnown.has(verdict) ? verdict : "unknown";
  return <span class={`verdict ${kind}`}>{readable(verdict, 40).replace("-", " ")}</span>;
}
