// Why a pathway stands where it does: who decided, the reason, and what was not taken.
import { methodChip } from "./chips.js";
import { card, definitions, el } from "./dom.js";
import { pathwayLink, reference } from "./links.js";

const CHOOSING = "enforce_tree"; // the phase in which one of several candidate parents is chosen

/** The card about a pathway's edge. `edges` may not have been unpacked yet. */
export function why(tree, edges, i) {
  const title = el("h2", {}, "Why it is here");
  if (!edges) return card("why", title, el("p", { class: "muted" }, "Unpacking …"));
  const parent = tree.parent[i];
  const history = edges.changes[i] ?? [];
  const rejected = history.filter(([phase, , before]) => phase === CHOOSING && before);
  return card(
    "why",
    title,
    parent >= 0 ? el("p", { class: "under" }, "Under ", pathwayLink(tree, parent)) : null,
    el("p", { class: "reasoning" }, edges.reasoning[i] || "No reasoning was given."),
    definitions("facts", [
      ["Decided by", methodChip(tree.words.method[tree.method[i]])],
      ["Model", edges.model[i]],
      ["Call", edges.call[i] && reference(edges.call[i])],
    ]),
    told(tree, "Rejected parents", rejected),
    told(
      tree,
      "Other changes",
      history.filter((change) => !rejected.includes(change)),
    ),
  );
}

function told(tree, title, changes) {
  if (!changes.length) return null;
  return [
    el("h3", {}, title),
    el(
      "ul",
      { class: "history" },
      changes.map((change) => entry(tree, change)),
    ),
  ];
}

function entry(tree, [phase, action, before, after, reason, call]) {
  const name = (text) => (tree.byName.has(text) ? pathwayLink(tree, tree.byName.get(text)) : el("b", {}, text));
  const moved = () =>
    before ? ["Moved from ", name(before), after ? [" to ", name(after)] : null] : ["Put under ", name(after)];
  const sentence = {
    merge: () => ["Took in ", el("b", {}, before)],
    insert: () => "Inserted as a level that was missing",
    reparent: () => (phase === CHOOSING && before ? name(before) : moved()),
  }[action]();
  const by = el("span", { class: "muted small" }, phase.replaceAll("_", " "), call ? [" · ", reference(call)] : null);
  return el("li", {}, el("span", {}, sentence), reason ? el("span", { class: "reason" }, reason) : null, by);
}
