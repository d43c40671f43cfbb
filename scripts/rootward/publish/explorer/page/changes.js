// What changed since an earlier run: there is something to show where `snakemake compare` put it into the page.
import { aside, card, count, el, number, tally } from "./dom.js";
import { backToTree, pathwayLink } from "./links.js";

const FIRST = 100; // changes of a kind that are listed at once
const WORDS = {
  added: "added",
  removed: "removed",
  merged: "merged",
  renamed: "renamed",
  moved: "moved",
  "interactions moved": "interactions moved",
  "interactions only after": "interactions added",
  "interactions only before": "interactions removed",
};
const PATHWAYS = ["added", "removed", "merged", "renamed", "moved"];
const INTERACTIONS = ["interactions moved", "interactions only after"]; // what a pathway of this tree has of them

/** The changes by what they are about: `of` pathway -> [[kind, row]], `interactions` id -> [kind, row]; `pathways` counts
 * those of pathways. */
export function changesOf(tree, given) {
  const of = new Map();
  for (const kind of PATHWAYS.filter((one) => one !== "removed")) {
    for (const row of given.kinds[kind] ?? []) {
      const i = pathwayOf(tree, kind, row);
      if (i !== undefined) of.set(i, [...(of.get(i) ?? []), [kind, row]]);
    }
  }
  const interactions = new Map(INTERACTIONS.flatMap((kind) => (given.kinds[kind] ?? []).map((row) => [row[0], [kind, row]])));
  const pathways = PATHWAYS.reduce((sum, kind) => sum + given.counts[kind], 0);
  return { ...given, of, interactions, pathways };
}

/** The pathway that a change is about now; of a merged one that which took it in. */
function pathwayOf(tree, kind, [id, , , after]) {
  return kind === "merged" ? tree.byName.get(after.split(" > ").at(-1)) : tree.byId.get(id.replace(/^RW:/, ""));
}

/** A mark on a row of the tree; null when nothing changed. */
export function changeMark(changes, i) {
  const found = changes?.of.get(i);
  if (!found) return null;
  const words = [...new Set(found.map(([kind]) => (kind === "merged" ? "took in" : kind)))].join(", ");
  return el("span", { class: "row-changed", title: "since the run before" }, words, aside("since the run before"));
}

/** The panel of all changes. */
export function changesPanel(tree, changes) {
  const [before, after] = changes.folders;
  const sections = Object.keys(WORDS).filter((kind) => changes.counts[kind]).map((kind) => section(tree, changes, kind));
  const size = (which) => count(changes.counts[`pathways ${which}`], "pathway");
  return el(
    "article",
    { class: "overview" },
    el(
      "div",
      { class: "head" },
      backToTree(),
      el("h1", { id: "title", tabindex: -1 }, "What changed"),
      el("p", { class: "lead" }, `From ${before} (${size("before")}) to ${after} (${size("after")}), which is the tree of this page.`),
    ),
    sections.length ? sections : el("p", { class: "empty" }, "Nothing differs."),
  );
}

function section(tree, changes, kind) {
  const rows = changes.kinds[kind];
  const list = el("ul", { class: "changes" }, rows.slice(0, FIRST).map((row) => line(tree, kind, row)));
  const more = (event) => {
    list.append(...rows.slice(FIRST).map((row) => line(tree, kind, row)));
    event.target.remove();
  };
  const left = changes.counts[kind] - rows.length;
  const isPathway = !kind.startsWith("interactions");
  const title = WORDS[kind][0].toUpperCase() + WORDS[kind].slice(1);
  return card(
    "",
    el("h2", {}, isPathway ? `Pathways ${WORDS[kind]}` : title, tally(changes.counts[kind])),
    list,
    rows.length > FIRST ? el("button", { type: "button", class: "quiet", onclick: more }, `Show ${number(rows.length - FIRST)} more`) : null,
    left ? el("p", { class: "note" }, `${number(left)} more stand in compare.tsv.`) : null,
  );
}

function line(tree, kind, row) {
  const [id, name] = row;
  const i = pathwayOf(tree, kind, row);
  const isLinked = i !== undefined && kind !== "merged";
  const subject = isLinked ? pathwayLink(tree, i) : el("b", {}, name || id);
  return el("li", {}, subject, " ", el("span", { class: "muted" }, told(kind, row)));
}

const above = (path) => path.split(" > ").slice(0, -1).join(" › ") || "a root";

/** A change in words, after the name of what changed. */
function told(kind, [id, , before, after]) {
  const sentence = {
    added: () => `under ${above(after)}`,
    removed: () => `was under ${above(before)}`,
    merged: () => `into ${after.split(" > ").at(-1)}`,
    renamed: () => `was ${before}`,
    moved: () => `from ${above(before)} to ${above(after)}`,
  }[kind];
  return sentence ? sentence() : [id, before && ` from ${before}`, after && ` to ${after}`].filter(Boolean).join("");
}

/** What changed of a pathway, as a card; null when nothing did. */
export function changesCard(tree, { changes, placed }, i) {
  if (!changes) return null;
  const own = (changes.of.get(i) ?? []).map(([kind, row]) =>
    el("li", {}, el("b", {}, kind === "merged" ? `took in ${row[1]}` : kind), " ", el("span", { class: "muted" }, kind === "merged" ? null : told(kind, row))),
  );
  const came = placed ? arrivals(changes, placed, i) : [];
  if (!own.length && !came.length) return null;
  return card(
    "since",
    el("h2", {}, "Since the run before"),
    el("ul", { class: "changes" }, own, came.slice(0, FIRST)),
    came.length > FIRST ? el("p", { class: "note" }, `${count(came.length - FIRST, "more interaction")} came here.`) : null,
  );
}

function arrivals(changes, placed, i) {
  const found = [];
  for (let n = placed.start[i]; n < placed.start[i + 1]; n += 1) {
    const [kind, row] = changes.interactions.get(placed.id[placed.placed.interaction[n]]) ?? [];
    if (!kind) continue;
    const words = kind === "interactions moved" ? `came from ${row[2]}` : "is new";
    found.push(el("li", {}, row[1] || row[0], " ", el("span", { class: "muted" }, words)));
  }
  return found;
}
