// Small marks: how sure, who decided, what the evidence is worth.
import { el } from "./dom.js";

/** A confidence as a number and a bar. */
export function sureness(value) {
  const bar = el("span", { class: "sure-bar", "aria-hidden": "true" });
  bar.style.setProperty("--sure", value);
  return el("span", { class: "sure" }, bar, value.toFixed(2));
}

/** Who decided: a person (curated), a model, a reference and its rung, the configuration, or nobody (a fallback). */
export function methodChip(method) {
  const [who, rung] = method.split(":");
  return el(
    "span",
    { class: `chip by-${who}` },
    who,
    rung ? el("span", { class: "chip-more" }, rung.replaceAll("_", " ")) : null,
  );
}

/** What the validation of the evidence said. */
export function verdictChip(verdict) {
  return verdict
    ? el("span", { class: `chip verdict-${verdict}` }, verdict)
    : el("span", { class: "muted" }, "not checked");
}
