// Numbers and texts for people.

const kDigits = new Intl.NumberFormat("en-US");

/** 12345 → "12,345". */
export function count(value: number): string {
  return kDigits.format(value);
}

/** A count with its noun: "1 fault", "3 faults". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}

/** A duration in its natural unit: "0.4 ms", "12 ms", "1.25 s", "3 min 20 s". */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  if (size < 10) return `${trimmed(ms, size < 1 ? 2 : 1)} ms`;
  if (size < 1000) return `${Math.round(ms)} ms`;
  if (size < 120_000) return `${trimmed(ms / 1000, size < 10_000 ? 2 : 1)} s`;
  const minutes = Math.trunc(ms / 60_000);
  return `${count(minutes)} min ${Math.round(Math.abs(ms) / 1000) % 60} s`;
}

/** A time since the start of the load, exact enough to tell neighbours apart: "5.233 s". */
export function moment(ms: number, stepMs = 1): string {
  const digits = stepMs >= 1000 ? 0 : stepMs >= 100 ? 1 : stepMs >= 10 ? 2 : stepMs >= 1 ? 3 : 4;
  return `${(ms / 1000).toFixed(digits)} s`;
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, "");
}

// Control characters, marks that turn the direction of text, and lone surrogates: shown as what they
// are, because invisible they would make one text look like another.
const kInvisible =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text from files as a person can read it: what is invisible by its code, cut at `longest`. */
export function readable(text: string, longest = 2000): string {
  const cut = text.length > longest ? text.slice(0, longest) : text;
  const shown = cut.replace(kInvisible, (each) =>
    each === "\t" ? " " : `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return text.length > longest ? `${shown}… (${count(text.length)} characters)` : shown;
}

/** As `readable`, but line breaks stay: for JSON and logs in <pre>. */
export function readable_lines(text: string, longest = 20_000): string {
  return readable(text, longest).replace(/\\u000a/g, "\n");
}
