// How faults are named and coloured. The colours are those of Jepsen's plots, by family.
import type { Fault } from "./data";
import { readable } from "../shared/format";

const kFamilies: { colour: string; edge: string; kinds: string[] }[] = [
  { colour: "#E9DCA0", edge: "#8a7420", kinds: ["cut", "cut-clients", "bridge", "ring"] },
  { colour: "#E9A4A0", edge: "#a33a33",
    kinds: ["kill", "stop", "crash-at-start", "restart-storm", "rolling-restart", "lose-unsynced"] },
  { colour: "#A0B1E9", edge: "#4059ad", kinds: ["pause"] },
  { colour: "#A0E9E3", edge: "#1f7f78", kinds: ["clock-bump", "clock-drift", "clock-strobe"] },
  { colour: "#D1E8A0", edge: "#5d7a1c",
    kinds: ["delay", "drop", "duplicate", "reorder", "slow", "bandwidth", "corrupt", "hold", "replay"] },
  { colour: "#D8C2EC", edge: "#71449a",
    kinds: ["disk-error", "disk-full", "slow-disk", "stalled-disk", "lying-disk", "torn-write", "bit-flip",
            "failing-syncs", "truncate-log", "rollback-log", "wipe-disk", "snapshot"] },
];
const kOther = { colour: "#CBD2DC", edge: "#566171" };

export function fault_look(kind: string): { colour: string; edge: string } {
  const plain = kind.replaceAll("_", "-");
  return kFamilies.find((family) => family.kinds.includes(plain)) ?? kOther;
}

/** "cut n3", "delay n1 n2 → n4"; `nodes` of the cluster: a fault on all of them says "all nodes". */
export function fault_name(fault: Fault, nodes: number): string {
  const all = fault.nodes.length === nodes && nodes > 2;
  const who = all ? "all nodes" : fault.nodes.slice(0, 9).join(" ");
  const peers = fault.peers.length > 0 && fault.peers.length < nodes ? ` ↔ ${fault.peers.slice(0, 9).join(" ")}` : "";
  return readable(`${fault.kind} ${who}${peers}`, 120);
}

/** Whether a fault was there: what was skipped or only planned has no place on an axis. */
export function took_place(fault: Fault): boolean {
  return fault.begin !== null && (fault.state === "installed" || fault.state === "indeterminate");
}
