// The chosen pathway on the right.
import { count, el, number } from "./dom.js";
import { icicle } from "./icicle.js";
import { interactionTable, methodChip, placementsOf, withBelow } from "./interactions.js";
import { reference } from "./links.js";
import { network } from "./network.js";
import { address, show } from "./state.js";

const MANY = 12; // siblings or children listed before "show all"

/** A link to a pathway. */
export function pathwayLink(tree, i, extra = null) {
  const id = `RW:${tree.id[i]}`;
  const link = el("a", {
    class: "to", href: address({ p: id, has: "" }),
    onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      show({ p: id, has: "" });
    },
  }, el("span", { class: "dot", "aria-hidden": "true" }), tree.name[i], extra);
  link.style.setProperty("--hue", tree.hue(i));
  return link;
}

/** The panel of pathway i. `edges` and `placed` may not have been unpacked yet. */
export function pathwayPanel({ tree, edges, placed }, i, state, shown) {
  const map = icicle(tree, { columns: 2, height: 300, label: "Map around this pathway; the tree offers the same by keyboard" });
  const focus = tree.parent[i] < 0 ? i : tree.parent[i];
  map.update({ focus, chosen: i, size: sizeFor(tree, focus, state), shown });
  const panel = el("article", { class: "pathway" },
    el("div", { class: "head" }, crumbs(tree, i), el("h1", { id: "title", tabindex: -1 }, tree.name[i]), facts(tree, i), names(tree, i)),
    el("div", { class: "columns" },
      el("div", { class: "left" }, why(tree, edges, i), family(tree, i), held(tree, placed, i, state)),
      el("aside", { class: "right", "aria-label": "Pictures" },
        placed ? drawn(tree, placed, i, state) : null,
        el("section", { class: "card" }, el("h2", {}, "Where it stands"), map.host))));
  panel.style.setProperty("--hue", tree.hue(i));
  return panel;
}

/** Interactions size the map, unless there are none to size it by. */
export const sizeFor = (tree, focus, state) => (state.size === "pathways" || (focus >= 0 && !tree.total[focus]) ? "pathways" : "interactions");

function crumbs(tree, i) {
  const line = tree.path(i).slice(0, -1);
  return el("nav", { class: "crumbs", "aria-label": "Path" },
    el("a", { class: "back", href: address({ p: "" }), onclick: (event) => { event.preventDefault(); show({ p: "" }); } }, "‹ Tree"),
    el("ol", {}, line.map((above) => el("li", {}, pathwayLink(tree, above))), line.length ? null : el("li", { class: "muted" }, "A root of the tree")));
}

function facts(tree, i) {
  const here = tree.direct[i] === tree.total[i] ? "" : `, ${tree.direct[i] ? number(tree.direct[i]) : "none"} of them here`;
  return el("p", { class: "head-facts" },
    el("span", { class: "chip origin" }, tree.words.origin[tree.origin[i]]),
    el("span", {}, `Level ${tree.level[i]}`),
    el("span", {}, `${count(tree.total[i], "interaction")}${here}`),
    el("span", {}, `${count(tree.below[i], "pathway")} below`),
    el("code", {}, `RW:${tree.id[i]}`));
}

function names(tree, i) {
  const aliases = tree.aliases[i];
  const xrefs = tree.xrefs[i];
  if (!aliases && !xrefs) return null;
  return el("dl", { class: "names" },
    aliases ? [el("dt", {}, "Also called"), el("dd", {}, aliases.map((alias) => el("span", { class: "alias" }, alias)))] : null,
    xrefs ? [el("dt", {}, "Same as"), el("dd", {}, xrefs.map((xref) => reference(xref)))] : null);
}

function why(tree, edges, i) {
  if (!edges) return el("section", { class: "card" }, el("h2", {}, "Why it stands here"), el("p", { class: "muted" }, "Unpacking …"));
  const parent = tree.parent[i];
  const given = [
    ["Decided by", methodChip(tree.words.method[tree.method[i]])],
    ["Model", edges.model[i]],
    ["Call", edges.call[i] && reference(edges.call[i])],
  ].filter(([, value]) => value);
  const history = edges.changes[i] ?? [];
  const rejected = history.filter(([, action, before]) => action === "reparent" && before);
  const others = history.filter((change) => !rejected.includes(change));
  return el("section", { class: "card why" }, el("h2", {}, "Why it stands here"),
    parent >= 0 ? el("p", { class: "under" }, "Under ", pathwayLink(tree, parent)) : null,
    el("p", { class: "reasoning" }, edges.reasoning[i] || "No reasoning was given."),
    el("dl", { class: "facts" }, given.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    rejected.length
      ? [el("h3", {}, "Parents that were not taken"), el("ul", { class: "history" }, rejected.map((change) => told(tree, change)))]
      : null,
    others.length ? [el("h3", {}, "What else happened to it"), el("ul", { class: "history" }, others.map((change) => told(tree, change)))] : null);
}

function told(tree, [phase, action, before, after, reason, call]) {
  const name = (text) => (tree.byName.has(text) ? pathwayLink(tree, tree.byName.get(text)) : el("b", {}, text));
  const sentence = {
    merge: () => ["Took in ", el("b", {}, before)],
    insert: () => "Inserted as a level that was missing",
    reparent: () => (before ? name(before) : ["Attached to ", name(after)]),
  }[action]();
  return el("li", {}, el("span", {}, sentence), reason ? el("span", { class: "reason" }, reason) : null,
    el("span", { class: "muted small" }, phase.replaceAll("_", " "), call ? [" · ", reference(call)] : null));
}

function family(tree, i) {
  const siblings = tree.children(tree.parent[i]).filter((other) => other !== i);
  return el("section", { class: "card family" },
    group(tree, "Below it", tree.children(i), "Nothing stands below it: a leaf."),
    group(tree, tree.parent[i] < 0 ? "Other roots" : "Siblings", siblings, "It has no siblings."));
}

function group(tree, title, members, none) {
  const list = el("ul", { class: "links" });
  const item = (i) => el("li", {}, pathwayLink(tree, i, el("span", { class: "tally" }, number(tree.total[i]))));
  list.append(...members.slice(0, MANY).map(item));
  const rest = members.length - MANY;
  const more = el("button", { type: "button", class: "quiet", onclick: () => { list.append(...members.slice(MANY).map(item)); more.remove(); } }, `Show ${number(rest)} more`);
  return el("div", {}, el("h2", {}, title, members.length ? el("span", { class: "tally" }, number(members.length)) : null),
    members.length ? list : el("p", { class: "muted" }, none), rest > 0 ? more : null);
}

function held(tree, placed, i, state) {
  const total = withBelow(tree, i, state) ? tree.total[i] : tree.direct[i];
  const title = el("h2", {}, "Interactions", el("span", { class: "tally" }, number(total)));
  if (!placed) return el("section", { class: "card" }, title, el("p", { class: "muted" }, "Unpacking …"));
  const { found, hidden } = placementsOf(tree, placed, i, state);
  const missing = total - found.length - hidden;
  const switcher = tree.direct[i] && tree.total[i] > tree.direct[i]
    ? el("label", { class: "switch" }, el("input", { type: "checkbox", checked: state.below, onchange: (event) => show({ below: event.target.checked }) }), "with those below")
    : null;
  return el("section", { class: "card held" },
    el("div", { class: "card-head" }, title, switcher),
    hidden ? el("p", { class: "note" }, `${count(hidden, "interaction")} hidden by the filters on the left.`) : null,
    missing > 0 ? el("p", { class: "note" }, `${number(found.length + hidden)} of ${number(total)} are in this page, the surest of each pathway. `,
      "All are in ", el("code", {}, "results/placements.parquet"), " and ", el("code", {}, "results/interactions.parquet"), ".") : null,
    !tree.direct[i] && total ? el("p", { class: "note" }, "None stands at this level; these stand further down.") : null,
    found.length ? interactionTable(tree, placed, found, { state, here: i, link: (at) => pathwayLink(tree, at) }) : el("p", { class: "empty" }, emptyWords(tree, i, state, hidden)));
}

function emptyWords(tree, i, state, hidden) {
  if (hidden) return "The filters hide all interactions of this pathway.";
  return tree.words.origin[tree.origin[i]] === "sibling"
    ? "No interaction yet: this pathway was discovered as a sibling of others."
    : "No interaction is in this page for this pathway.";
}

function drawn(tree, placed, i, state) {
  const { found } = placementsOf(tree, placed, i, state);
  if (!found.length) return null;
  const interactions = found.map((n) => placed.placed.interaction[n]);
  const proteins = new Set(interactions.flatMap((at) => [placed.a[at], placed.b[at]])).size;
  const pick = (symbol) => show({ has: symbol });
  return el("section", { class: "card" }, el("h2", {}, "Proteins", el("span", { class: "tally" }, number(proteins))),
    network(placed, interactions, { width: 330, height: 110 + 20 * Math.min(12, proteins), chosen: state.has, pick }));
}
