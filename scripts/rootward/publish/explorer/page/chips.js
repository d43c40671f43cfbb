// Small marks: how sure, who decided, what the evidence is worth.
import { el } from "./dom.js";

// Words for a probability, as the IPCC's reports use them: from which one on.
const LIKELY = [
  [0.99, "virtually certain"],
  [0.9, "very likely"],
  [0.66, "likely"],
  [0.33, "as likely as not"],
  [0.1, "unlikely"],
  [0, "very unlikely"],
];
const likely = (value) => LIKELY.find(([least]) => value >= least)[1];

/** How sure a placement is, in words with the probability; of what nobody weighed there is none. */
export function sureness(value, method) {
  const [who] = method.split(":");
  if (who === "curated") return el("span", { class: "sure" }, "a person decided");
  if (who === "fallback") return el("span", { class: "sure muted" }, "not known");
  return el(
    "span",
    { class: "sure" },
    el("span", { class: "likely" }, likely(value), " ", el("span", { class: "figure" }, value.toFixed(2))),
    who === "model" ? el("span", { class: "muted" }, " by its own estimate") : null,
  );
}

/** A probability in words and as a number. */
export const inWords = (value) => `${likely(value)}, ${value.toFixed(2)}`;

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
