// The whole tree at a glance: shown when no pathway is chosen.
import { methodChip } from "./chips.js";
import { card, count, el, number, tally } from "./dom.js";
import { icicle, sizeFor } from "./icicle.js";
import { backToTree, pathwayLink } from "./links.js";
import { pictureButtons } from "./saving.js";
import { show } from "./state.js";

const LEAD = `Choose a pathway on the left, or zoom into the map. Each one says where it stands, who put it there and why,
  and which interactions it holds.`;

/** The panel. */
export function overviewPanel(tree, state, shown) {
  const title = el("h1", { id: "title", tabindex: -1 }, "The tree of pathways");
  const picture = map(tree, state, shown);
  const roots = tree.roots.map((i) => el("li", {}, pathwayLink(tree, i, tally(tree.total[i]))));
  const panel = el(
    "article",
    { class: "overview" },
    el("div", { class: "head" }, backToTree(), title, el("p", { class: "lead" }, LEAD)),
    tiles(tree),
    picture.card,
    el(
      "div",
      { class: "halves" },
      card("", el("h2", {}, "Roots"), el("ul", { class: "links stacked" }, roots)),
      card(
        "",
        el("h2", {}, "Who decided"),
        shares(tree, "method", methodChip),
        el("h2", {}, "Where pathways come from"),
        shares(tree, "origin", (origin) => el("span", { class: "chip origin" }, origin)),
      ),
    ),
    leftOut(tree.carried),
  );
  panel.zoom = picture.zoom;
  panel.narrow = picture.narrow;
  return panel;
}

function tiles(tree) {
  const facts = [
    ["pathways", tree.n],
    ["roots", tree.roots.length],
    ["levels", 1 + tree.level.reduce((a, b) => Math.max(a, b), 0)],
    ["placements", tree.carried.of],
    ["leaves", tree.below.reduce((sum, below) => sum + (below === 0), 0)],
  ];
  const tile = ([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, number(value)));
  return el("dl", { class: "tiles" }, facts.map(tile));
}

/** The map, and how to zoom it to what a state says. A pathway without others below it is opened instead. */
function map(tree, state, shown) {
  const narrow = matchMedia("(max-width: 760px)").matches;
  const id = (i) => (i < 0 ? "" : `RW:${tree.id[i]}`);
  const up = (i) => (i < 0 ? "" : id(tree.parent[i]));
  const view = (i, isFocus) => (isFocus ? { z: up(i) } : tree.below[i] ? { z: id(i) } : { p: id(i) });
  const cells = icicle(tree, { columns: narrow ? 2 : 3, height: narrow ? 480 : 560, view });
  const where = el("span", { class: "where", role: "status" });
  let shownNow = state;
  const zoom = (given) => {
    shownNow = given;
    const focus = tree.byId.get(given.z.replace(/^RW:/, "")) ?? -1;
    cells.update({ focus, chosen: -1, size: sizeFor(tree, focus, given), shown });
    where.replaceChildren(...(focus < 0 ? ["click to zoom"] : ["of ", pathwayLink(tree, focus)]));
  };
  const option = (size, text) => {
    const pressed = String((state.size || "interactions") === size);
    const choose = () => show({ size: size === "pathways" ? size : "" });
    return el("button", { type: "button", "aria-pressed": pressed, onclick: choose }, text);
  };
  const options = [option("interactions", "by interactions"), option("pathways", "by pathways")];
  const choice = el("div", { class: "choice", role: "group", "aria-label": "Size of the map's cells" }, options);
  zoom(state);
  const name = () => `map of ${tree.name[tree.byId.get(shownNow.z.replace(/^RW:/, ""))] ?? "all pathways"}`;
  const saves = pictureButtons("the map", { name, make: cells.picture });
  const head = el("div", { class: "card-head" }, el("h2", {}, "Map ", where), el("span", { class: "card-tools" }, choice, saves));
  return { card: card("", head, cells.host), zoom, narrow: cells.narrow };
}

/** How many pathways have each word of a column; a click shows only those in the tree. */
function shares(tree, column, shape) {
  const words = tree.words[column];
  const counts = words.map(() => 0);
  for (const word of tree[column]) counts[word] += 1;
  const order = words.map((_, n) => n).sort((a, b) => counts[b] - counts[a]);
  const share = (n) => {
    const choose = () => show({ [column]: [words[n]] });
    const bar = el("span", { class: "share-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", counts[n] / tree.n);
    const button = el(
      "button",
      { type: "button", title: "Show only these in the tree", onclick: choose },
      shape(words[n]),
    );
    return el("li", {}, button, bar, tally(counts[n]));
  };
  return el("ul", { class: "shares" }, order.map(share));
}

function leftOut({ placements, of, per_pathway: most }) {
  if (placements === of) return null;
  const carried = `This page carries ${number(placements)} of ${count(of, "placement")}: the surest of each pathway, at most `;
  const where = el("code", {}, "results/placements.parquet");
  return el("p", { class: "note" }, carried, `${number(most)}. All are in `, where, ".");
}
