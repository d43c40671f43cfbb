// The chosen pathway on the right.
import { changesCard } from "./changes.js";
import { card, count, definitions, el, number, tally } from "./dom.js";
import { icicle, sizeFor } from "./icicle.js";
import { genesAt } from "./interactionfiles.js";
import { interactionTable, placementsOf, withBelow } from "./interactions.js";
import { backToTree, pathwayLink, reference } from "./links.js";
import { network, networkCard } from "./network.js";
import { pictureButtons } from "./saving.js";
import { show } from "./state.js";
import { suggestOnInteraction, suggestOnPathway } from "./suggest.js";
import { why } from "./why.js";

const MANY = 12; // siblings or children listed before "show all"

/** The panel of pathway i. `edges` and `placed` may not have been unpacked yet. */
export function pathwayPanel({ tree, edges, proteins, placed, changes, suggestions }, i, state, shown) {
  const id = (at) => (at < 0 ? "all" : `RW:${tree.id[at]}`);
  const view = (at, isFocus) => ({ p: id(isFocus && at >= 0 ? tree.parent[at] : at) });
  const map = icicle(tree, { columns: 2, height: 300, view });
  const focus = tree.parent[i] < 0 ? i : tree.parent[i];
  // What holds nothing has no size by interactions, and must be seen all the same.
  map.update({ focus, chosen: i, size: sizeFor(tree, tree.total[i] ? focus : i, state), shown });
  const suggest = (subject, at) => suggestOnInteraction(tree, suggestions, { subject, i: at });
  const panel = el(
    "article",
    { class: "pathway" },
    el(
      "div",
      { class: "head" },
      crumbs(tree, i),
      el("h1", { id: "title", tabindex: -1 }, tree.name[i]),
      facts(tree, i),
      names(tree, i),
      suggestOnPathway(tree, suggestions, i),
    ),
    el(
      "div",
      { class: "columns" },
      el("div", { class: "left" }, why(tree, edges, i), changesCard(tree, { changes, placed }, i), family(tree, i), held({ tree, proteins, placed }, i, { state, suggest })),
      el(
        "aside",
        { class: "right", "aria-label": "Pictures" },
        placed ? drawn(tree, placed, i, state) : null,
        positionCard(tree, i, map),
      ),
    ),
  );
  panel.style.setProperty("--hue", tree.hue(i));
  panel.narrow = map.narrow;
  return panel;
}

function positionCard(tree, i, map) {
  const saves = pictureButtons("the map", { name: () => `map around ${tree.name[i]}`, make: map.picture });
  return card("", el("div", { class: "card-head" }, el("h2", {}, "Position in the tree"), saves), map.host);
}

function crumbs(tree, i) {
  const line = tree.path(i).slice(0, -1);
  const steps = line.map((above) => el("li", {}, pathwayLink(tree, above)));
  const none = el("li", { class: "muted" }, "A root of the tree");
  return el("nav", { class: "crumbs", "aria-label": "Path" }, backToTree(), el("ol", {}, steps.length ? steps : none));
}

function facts(tree, i) {
  const here =
    tree.direct[i] === tree.total[i] ? "" : `, ${tree.direct[i] ? number(tree.direct[i]) : "none"} of them here`;
  return el(
    "p",
    { class: "head-facts" },
    el("span", { class: "chip origin" }, `origin: ${tree.words.origin[tree.origin[i]]}`),
    el("span", {}, `Level ${tree.level[i]}`),
    el("span", {}, `${count(tree.total[i], "interaction")}${here}`),
    el("span", {}, `${count(tree.below[i], "pathway")} below`),
    el("code", {}, `RW:${tree.id[i]}`),
  );
}

function names(tree, i) {
  const [aliases, xrefs] = [tree.aliases[i], tree.xrefs[i]];
  if (!aliases && !xrefs) return null;
  return definitions("names", [
    ["Also called", aliases?.map((alias) => el("span", { class: "alias" }, alias))],
    ["Same as", xrefs?.map(reference)],
  ]);
}

function family(tree, i) {
  const siblings = tree.children(tree.parent[i]).filter((other) => other !== i);
  return card(
    "family",
    group(tree, "Below it", tree.children(i), "Nothing below it: a leaf."),
    group(tree, tree.parent[i] < 0 ? "Other roots" : "Siblings", siblings, "It has no siblings."),
  );
}

function group(tree, title, members, none) {
  const item = (i) => el("li", {}, pathwayLink(tree, i, tally(tree.total[i])));
  const list = el("ul", { class: "links" }, members.slice(0, MANY).map(item));
  const rest = members.slice(MANY);
  const showRest = (event) => {
    list.append(...rest.map(item));
    event.target.remove();
  };
  return el(
    "div",
    {},
    el("h2", {}, title, members.length ? tally(members.length) : null),
    members.length ? list : el("p", { class: "muted" }, none),
    rest.length
      ? el("button", { type: "button", class: "quiet", onclick: showRest }, `Show ${number(rest.length)} more`)
      : null,
  );
}

function held({ tree, proteins, placed }, i, { state, suggest }) {
  const total = withBelow(tree, i, state) ? tree.total[i] : tree.direct[i];
  const title = el("h2", {}, "Interactions", tally(total));
  if (!placed) return card("held", title, el("p", { class: "muted" }, "Unpacking …"));
  const { found, hidden } = placementsOf(tree, placed, i, state);
  const link = (at) => pathwayLink(tree, at);
  const genes = hidden ? null : () => genesAt(tree, proteins, i, withBelow(tree, i, state));
  return card(
    "held",
    el("div", { class: "card-head" }, title, belowSwitch(tree, i, state)),
    notes(tree, i, { total, hidden, carried: found.length + hidden }).map((note) => el("p", { class: "note" }, note)),
    found.length
      ? interactionTable(tree, placed, found, { state, here: i, link, suggest, name: tree.name[i], genes })
      : el("p", { class: "empty" }, noneWords(tree, i, hidden)),
  );
}

function belowSwitch(tree, i, state) {
  if (!tree.direct[i] || tree.total[i] === tree.direct[i]) return null;
  const change = (event) => show({ below: event.target.checked });
  const box = el("input", { type: "checkbox", checked: state.below, onchange: change });
  return el("label", { class: "switch" }, box, "with those below");
}

/** What a reader must know about the rows that are shown, and about those that are not. */
function notes(tree, i, { total, hidden, carried }) {
  const said = [];
  if (hidden) said.push(`${count(hidden, "interaction")} hidden by the filters on the left.`);
  if (carried < total) {
    said.push(
      `${number(carried)} of ${number(total)} are in this page, the surest of each pathway. All are in ` +
        "results/placements.parquet and results/interactions.parquet.",
    );
  }
  if (!tree.direct[i] && total) said.push("None at this level; those below it are listed.");
  return said;
}

function noneWords(tree, i, hidden) {
  if (hidden) return "The filters hide all interactions of this pathway.";
  return tree.words.origin[tree.origin[i]] === "sibling"
    ? "No interaction yet: this pathway was discovered as a sibling of others."
    : "This page contains no interactions of this pathway.";
}

function drawn(tree, placed, i, state) {
  const { found } = placementsOf(tree, placed, i, state);
  if (!found.length) return null;
  const interactions = found.map((n) => placed.placed.interaction[n]);
  const proteins = new Set(interactions.flatMap((at) => [placed.a[at], placed.b[at]])).size;
  const size = { width: 330, height: 110 + 20 * Math.min(12, proteins) };
  const pick = (symbol) => show({ has: symbol });
  const picture = network(placed, interactions, { ...size, chosen: state.has, pick });
  return networkCard(["Proteins", tally(proteins)], picture, `network of ${tree.name[i]}`);
}
