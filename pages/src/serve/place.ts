// Which page is shown: the part of the address after "#", so that a link leads to what it shows.
//   #/runs?verdict=invalid   #/run/SCENARIO/NAME   #/live/SCENARIO/NAME
//   #/suites   #/suite?suite=NAME&night=3   #/compare?left=SCENARIO/NAME&right=…
import { signal } from "@preact/signals";

export interface Place {
  path: string[];
  query: URLSearchParams;
}

function parse(hash: string): Place {
  const [path, query] = hash.replace(/^#\/?/, "").split("?", 2);
  return {
    path: (path ?? "").split("/").filter((part) => part !== "").map(decoded),
    query: new URLSearchParams(query ?? ""),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export const place = signal<Place>(parse(location.hash));
addEventListener("hashchange", () => {
  place.value = parse(location.hash);
});

export function link(path: string[], query: { [key: string]: string } = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(given).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}

/** Changes the query of this page without a new entry in the history. */
export function replace_query(query: { [key: string]: string }): void {
  history.replaceState(null, "", link(place.value.path, query));
  place.value = parse(location.hash);
}

/** "20260131T120000.000Z-7" → "2026-01-31 12:00:00" (UTC). */
export function started(name: string): string {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)/.exec(name);
  return match ? `${match[1]}-${match[2]}-${match[3]} ${match[4]}:${match[5]}:${match[6]}` : name;
}
