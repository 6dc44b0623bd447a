import { theme, toggle_theme } from "./theme";

export function ThemeButton() {
  const dark = theme.value === "dark";
  return (
    <button type="button" aria-pressed={dark} onClick={toggle_theme} title="Dark mode">
      {dark ? "☾ Dark" : "☀ Light"}
    </button>
  );
}
