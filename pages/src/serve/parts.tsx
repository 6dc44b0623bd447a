// Pieces that several pages of serve use.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { readable } from "../shared/format";
import { Verdict } from "../shared/verdict";
import { ask, type Answer } from "./api";

/** A text of the store, shown as what it is. */
export function Data({ text, longest = 300 }: { text: string; longest?: number }) {
  return <span class="data">{readable(text, longest)}</span>;
}

const kNotOver = new Set(["running", "killed"]);

/** A verdict, or that there is none yet. */
export function State({ verdict }: { verdict: string }) {
  if (!kNotOver.has(verdict)) return <Verdict verdict={verdict} />;
  return <span class={`stage ${verdict}`}>{verdict === "running" ? "▸ running" : "† killed"}</span>;
}

export function Problem({ text }: { text: string }) {
  return (
    <p class="problem" role="alert">
      <Data text={text} longest={1000} />
    </p>
  );
}

export function Waiting() {
  return <p class="quiet" role="status">Reading…</p>;
}

/** Asks once for each `path` and query; shows what it waits for, and errors. */
export function Asked<T>({ path, query, children }: {
  path: string;
  query?: { [key: string]: string };
  children: (value: T) => ComponentChildren;
}) {
  const [answer, set_answer] = useState<Answer<T> | null>(null);
  const asked = JSON.stringify([path, query ?? {}]);
  useEffect(() => {
    const stop = new AbortController();
    set_answer(null);
    ask<T>(path, query ?? {}, stop.signal).then(set_answer, () => undefined);
    return () => stop.abort();
  }, [asked]);
  if (answer === null) return <Waiting />;
  return "error" in answer ? <Problem text={answer.error} /> : <>{children(answer.value)}</>;
}

/** A table that scrolls on its own where the window is narrow; by keyboard, too. */
export function Table({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table>{children}</table>
    </div>
  );
}

/** A command to copy. */
export function Command({ text }: { text: string }) {
  return <pre class="command" tabIndex={0}>{readable(text, 2000)}</pre>;
}
