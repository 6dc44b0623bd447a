// How an outcome looks: a colour, and always a second sign, because a tenth of all men cannot tell
// some of the colours apart.
export type OutcomeName = "ok" | "fail" | "info";

export interface OutcomeLook {
  name: OutcomeName;
  letter: string;
  fill: string; // custom property
  edge: string;
  meaning: string;
}

/** In the order of their codes: 0 ok, 1 fail, 2 info. */
export const kOutcomes: readonly OutcomeLook[] = [
  { name: "ok", letter: "✓", fill: "--ok", edge: "--ok-edge", meaning: "took effect" },
  { name: "fail", letter: "✕", fill: "--fail", edge: "--fail-edge", meaning: "had no effect" },
  { name: "info", letter: "?", fill: "--info", edge: "--info-edge", meaning: "indeterminate" },
];

export function look_of(outcome: string): OutcomeLook {
  return kOutcomes.find((each) => each.name === outcome) ?? kOutcomes[2]!;
}
