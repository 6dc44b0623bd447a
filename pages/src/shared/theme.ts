// Light or dark: as the system says, until a person chooses. The choice is kept where the browser
// allows it; a page opened from a file may have no storage.
import { signal } from "@preact/signals";

export type Theme = "light" | "dark";

const kKey = "capsize-theme";

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(kKey);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null;
  }
}

function preferred(): Theme {
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export const theme = signal<Theme>(stored() ?? preferred());

function apply(value: Theme): void {
  document.documentElement.dataset.theme = value;
  theme.value = value;
}

/** Applies the theme and follows the system's. Call once, before anything is drawn. */
export function start_theme(): void {
  apply(theme.value);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (!stored()) apply(preferred());
  });
}

export function toggle_theme(): void {
  const next = theme.value === "dark" ? "light" : "dark";
  try {
    localStorage.setItem(kKey, next);
  } catch {
    // No storage: the choice holds until the page is closed.
  }
  apply(next);
}

/** The value of a custom property such as "--ok", for what is drawn in a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
