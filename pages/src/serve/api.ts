// What the server answers (serve/site.cpp). Server and page are one release, so these are no formats
// that other programs read. Every text may be anything: it comes from files of the store.

export interface Run {
  scenario: string;
  name: string;
  verdict: string;
  seed: string;
  bug: string;
  signature: string;
  label: string;
  sentence: string;
  cause: string;
  tested: string;
  loadMs: number | null;
  recoveryMs: number | null;
  okPerSecond: number | null;
  newBehaviours: number | null;
  operations: number | null;
}

export interface RunPage {
  runs: Run[];
  next: string | null;
  searched: number;
  total: number;
  scenarios: string[];
}

export interface RunDetails {
  scenarioName: string;
  name: string;
  directory: string; // a word of a command line
  facts: Run;
  results: unknown; // results.json, bounded
  scenario: unknown; // scenario.json, bounded
  files: { path: string; bytes: number }[];
  filesLeftOut: number;
  report: boolean;
}

export interface Counts {
  ok: number;
  fail: number;
  info: number;
}

export interface Snapshot {
  stage: string;
  scenario: string;
  seed: string;
  bug: string;
  workload: string;
  timeMs: number;
  timeLimitMs: number;
  nodes: {
    name: string;
    role: string;
    term: number;
    commit: number;
    incarnation: number;
    state: string;
    silentMs: number;
  }[];
  faults: {
    id: number;
    kind: string;
    nodes: string[];
    peers: string[];
    plannedBy: string;
    beginMs: number;
  }[];
  faultsPlanned: number;
  faultsBegun: number;
  faultsSkipped: number;
  open: number;
  total: Counts;
  lastSecond: Counts;
  seconds: Counts[];
  firstSecond: number;
  checker: { state: string; sentence: string; operations: number };
  historyBytes: number;
  historyRead: number;
  verdict: string;
  sentence: string;
}

export interface NightBrief {
  night: number;
  started: string;
  revision: string;
  executions: number;
  runs: number;
  complete: boolean;
}

export interface SuiteBrief extends NightBrief {
  suite: string;
  nights: number;
  verdict: string;
  firstLine: string;
}

export interface SuitePage {
  suite: string;
  nights: NightBrief[];
  night: number;
  assessment: unknown; // docs/FORMATS.md, Suite reports
}

export interface Trends {
  nights: (NightBrief & {
    tests: number;
    valid: number;
    invalid: number;
    recoveryMs: number | null;
    okPerSecond: number | null;
    newBehaviours: number | null;
  })[];
  groups: { label: string; signature: string; runs: number; failing: number[] }[];
  read: number;
  of: number;
}

export type Answer<T> = { value: T } | { error: string };

/** Asks the server; an answer that is no data becomes a sentence. */
export async function ask<T>(path: string, query: { [key: string]: string } = {},
                             stop?: AbortSignal): Promise<Answer<T>> {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(given).toString();
  try {
    const response = await fetch(`/api/${path}${text === "" ? "" : `?${text}`}`, {
      signal: stop ?? null,
    });
    if (!response.ok) return { error: (await response.text()).trim().slice(0, 300) };
    const value: unknown = await response.json();
    const failed = field(value, "error");
    return typeof failed === "string" ? { error: failed } : { value: value as T };
  } catch (problem) {
    if (stop?.aborted) throw problem;
    return { error: "capsize serve does not answer; it may have been stopped" };
  }
}

// Fields of JSON whose form is not checked.

export function field(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as { [key: string]: unknown })[key]
    : undefined;
}

export function text_of(value: unknown): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}

export function number_of(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

export function list_of(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

export function entries_of(value: unknown): [string, unknown][] {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value)
    : [];
}
