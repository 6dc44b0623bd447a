// Opens the page: reads the run, draws the answers, then starts the engine for everything else.
import "../shared/theme.css";
import "./report.css";
import { render } from "preact";
import { start_theme } from "../shared/theme";
import type { RunPage } from "./data";
import { start_engine } from "./engine/client";
import { start_worker } from "./engine/worker";
import { start_fragment } from "./fragment";
import { start_keys } from "./gestures";
import { App } from "./parts/app";
import { begin_state, engine, selection } from "./state";
import { open_block } from "./blocks";

/** Keeps what the writer rendered, and says why there is no more. */
function give_up(place: HTMLElement, error: unknown): void {
  const text = document.createElement("p");
  text.setAttribute("role", "alert");
  text.textContent = `This page cannot be shown: ${error instanceof Error ? error.message : error}`;
  place.append(text);
}

function start(): void {
  start_theme();
  const place = document.getElementById("page")!;
  let data: RunPage;
  try {
    data = JSON.parse(document.getElementById("run")!.textContent!) as RunPage;
    begin_state(data);
  } catch (error) {
    give_up(place, error);
    return;
  }
  start_fragment();
  start_keys();
  place.replaceChildren();
  render(<App />, place);
  const direct = new URLSearchParams(location.hash.slice(1)).get("engine") === "direct";
  void start_engine(data.operations, direct).then((started) => {
    engine.value = started;
    if (selection.value?.kind === "explained") void open_block("operations");
  });
}

if (typeof document === "undefined") start_worker();
else start();
