// The whole tree at a glance: shown when no pathway is chosen.
import { count, el, number } from "./dom.js";
import { icicle } from "./icicle.js";
import { methodChip } from "./interactions.js";
import { pathwayLink, sizeFor } from "./pathway.js";
import { address, show } from "./state.js";

export function overviewPanel(tree, state, shown) {
  const narrow = matchMedia("(max-width: 760px)").matches;
  const map = icicle(tree, { columns: narrow ? 2 : 3, height: narrow ? 480 : 560, label: "Map of the tree; the tree offers the same by keyboard" });
  map.host.classList.add("from-roots");
  map.update({ focus: -1, chosen: -1, size: sizeFor(tree, -1, state), shown });
  const placements = tree.carried.of;
  return el("article", { class: "overview" },
    el("div", { class: "head" },
      el("a", { class: "back", href: address({ p: "" }), onclick: (event) => { event.preventDefault(); show({ p: "" }); } }, "‹ Tree"),
      el("h1", { id: "title", tabindex: -1 }, "The tree of pathways"),
      el("p", { class: "lead" }, "Choose a pathway on the left or in the map. Each one says where it stands, who put it there and why, and which interactions it holds.")),
    el("dl", { class: "tiles" },
      tile(tree.n, "pathways"), tile(tree.roots.length, "roots"), tile(1 + tree.level.reduce((a, b) => Math.max(a, b), 0), "levels"),
      tile(placements, "placements"), tile(tree.below.reduce((sum, below) => sum + (below === 0), 0), "leaves")),
    el("section", { class: "card" },
      el("div", { class: "card-head" }, el("h2", {}, "Map"), sizes(tree, state)), map.host),
    el("div", { class: "halves" },
      el("section", { class: "card" }, el("h2", {}, "Roots"), el("ul", { class: "links stacked" }, tree.roots.map((i) =>
        el("li", {}, pathwayLink(tree, i, el("span", { class: "tally" }, number(tree.total[i]))))))),
      el("section", { class: "card" }, el("h2", {}, "Who decided"), shares(tree, "method", (word) => methodChip(word)),
        el("h2", {}, "Where pathways come from"), shares(tree, "origin", (word) => el("span", { class: "chip origin" }, word)))),
    tree.carried.placements < placements
      ? el("p", { class: "note" }, `This page carries ${number(tree.carried.placements)} of ${count(placements, "placement")}: the surest of each pathway, at most ${number(tree.carried.per_pathway)}. All are in `,
        el("code", {}, "results/placements.parquet"), ".")
      : null);
}

const tile = (value, name) => el("div", {}, el("dt", {}, name), el("dd", {}, number(value)));

function sizes(tree, state) {
  const option = (size, text) => el("button", {
    type: "button", "aria-pressed": String((state.size || "interactions") === size), onclick: () => show({ size: size === "pathways" ? size : "" }),
  }, text);
  return el("div", { class: "choice", role: "group", "aria-label": "Size of the map's cells" }, option("interactions", "by interactions"), option("pathways", "by pathways"));
}

function shares(tree, column, shape) {
  const words = tree.words[column];
  const counts = words.map(() => 0);
  tree[column].forEach((word) => { counts[word] += 1; });
  const order = words.map((_, n) => n).sort((a, b) => counts[b] - counts[a]);
  return el("ul", { class: "shares" }, order.map((n) => {
    const bar = el("span", { class: "share-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", counts[n] / tree.n);
    const chosen = { [column]: [words[n]] };
    return el("li", {}, el("button", { type: "button", title: "Show only these in the tree", onclick: () => show(chosen) }, shape(words[n])), bar,
      el("span", { class: "tally" }, number(counts[n])));
  }));
}
