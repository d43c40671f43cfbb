// A list of genes that the reader brings: what it lights up, and where its genes are more than chance would put there.
import { card, count, el, number } from "./dom.js";
import { backToTree, pathwayLink, proteinLink } from "./links.js";
import { csv, saveButtons, saveText } from "./saving.js";

const FIRST = 100; // pathways listed at once
const BACKGROUNDS = ["input", "reference"];
const NONE = { here: new Set(), elsewhere: new Set(), ambiguous: new Map(), unknown: new Set() };

/** The reader's list. `genes` comes later (`list.genes = …`); `changed` is called whenever the list is another one. */
export function geneListOf(tree, changed) {
  const list = { text: "", found: NONE, background: "input", genes: null, take };

  function take(text) {
    list.text = text;
    list.found = list.genes.recognised(text);
    tree.lit = list.found.here.size ? list.genes.lit(list.found.here) : null;
    changed();
  }
  return list;
}

/** The panel. */
export function genesPanel(tree, list) {
  const results = el("div", { class: "gene-results" });
  const again = () => results.replaceChildren(...(list.text ? [recognition(list), table(tree, list, again)].filter(Boolean) : []));
  again();
  return el(
    "article",
    { class: "overview" },
    el(
      "div",
      { class: "head" },
      backToTree(),
      el("h1", { id: "title", tabindex: -1 }, "Gene list"),
      el(
        "p",
        { class: "lead" },
        "Paste genes: their pathways light up in the tree and in the map, and those that contain more of them than expected by chance are listed. Everything is computed in this page; nothing is sent anywhere.",
      ),
    ),
    list.genes ? card("", form(list)) : el("p", { class: "empty" }, "Unpacking …"),
    results,
  );
}

function form(list) {
  const text = el("textarea", { id: "gene-list", rows: 5, spellcheck: "false" });
  text.value = list.text;
  const take = (event) => {
    event.preventDefault();
    list.take(text.value);
  };
  const clear = () => list.take("");
  return el(
    "form",
    { class: "gene-form", onsubmit: take },
    el("label", { for: "gene-list" }, "Symbols, other names or UniProt accessions, with any separator"),
    text,
    el(
      "div",
      { class: "gene-buttons" },
      el("button", { type: "submit", class: "more", id: "gene-find" }, "Find them"),
      list.text ? el("button", { type: "button", class: "quiet", onclick: clear }, "Clear") : null,
    ),
  );
}

function recognition({ found, genes }) {
  const names = (title, members) =>
    members.length ? el("details", { open: members.length <= 12 }, el("summary", {}, title), el("p", {}, members)) : null;
  const plain = (members) => [...members].join(", ");
  const strange = [...found.here].filter((symbol) => !genes.isTested.has(symbol));
  const linked = [...found.here].sort().map((symbol) => [proteinLink(symbol, symbol), " "]);
  return card(
    "gene-found",
    el("h2", {}, `${count(found.here.size, "gene")} of this tree`),
    names("Show them", linked),
    strange.length ? names(`${number(strange.length)} in no set: not an approved symbol of the reference`, [plain(strange)]) : null,
    found.elsewhere.size ? names(`${count(found.elsewhere.size, "gene")} of the reference without an interaction here`, [plain(found.elsewhere)]) : null,
    found.ambiguous.size
      ? names(`${count(found.ambiguous.size, "name")} of several genes, not counted`, [[...found.ambiguous].map(([name, all]) => `${name} (${all.join(" or ")})`).join(", ")])
      : null,
    found.unknown.size ? names(`${count(found.unknown.size, "name")} not recognised`, [plain(found.unknown)]) : null,
  );
}

function table(tree, list, again) {
  if (!list.found.here.size) return null;
  const { n, N, rows } = list.genes.overRepresented(list.found, list.background);
  if (!rows.length) return el("p", { class: "empty" }, "None of these genes is in a testable set.");
  const body = el("tbody", {}, rows.slice(0, FIRST).map((row) => line(tree, row)));
  const more = (event) => {
    body.append(...rows.slice(FIRST).map((row) => line(tree, row)));
    event.target.remove();
  };
  const titles = ["Pathway", "Genes", "Fold", "p", "adjusted p"];
  const saves = saveButtons("the genes of this tree, or the pathways", {
    Genes: () => saveText("genes.txt", [...list.found.here].sort().map((symbol) => `${symbol}\n`).join("")),
    CSV: () => saveText("over-represented.csv", csv(fileRows(tree, rows, { n, N })), "text/csv"),
  });
  return card(
    "gene-pathways",
    el("div", { class: "card-head" }, el("h2", {}, "Over-represented pathways"), el("span", { class: "card-tools" }, choice(list, again), saves)),
    el("p", { class: "note", id: "gene-background" }, background(list, { n, N, tested: rows.length })),
    el(
      "div",
      { class: "scrolls", role: "region", tabindex: 0, "aria-label": "Over-represented pathways" },
      el("table", { class: "enrichment" }, el("thead", {}, el("tr", {}, titles.map((title) => el("th", { scope: "col" }, title)))), body),
    ),
    rows.length > FIRST ? el("button", { type: "button", class: "quiet", onclick: more }, `Show ${number(rows.length - FIRST)} more`) : null,
  );
}

function choice(list, again) {
  if (!list.genes.reference) return null;
  const option = (background) => {
    const choose = () => {
      list.background = background;
      again();
      document.querySelector(`[data-background=${background}]`)?.focus();
    };
    const pressed = String(list.background === background);
    return el("button", { type: "button", "data-background": background, "aria-pressed": pressed, onclick: choose }, `genes of the ${background}`);
  };
  return el("div", { class: "choice", role: "group", "aria-label": "Background" }, BACKGROUNDS.map(option));
}

function background({ background: chosen }, { n, N, tested }) {
  const meant =
    chosen === "input"
      ? `the ${number(N)} genes of the input, so what any list gains by being about the input's subject does not count`
      : `the ${number(N)} genes of the reference, as if any of them could have been in the input; that suits a screen of all genes, and flatters every pathway of this tree`;
  return (
    `Background: ${meant}. ${count(n, "gene")} of the list ${n === 1 ? "is" : "are"} in it. Hypergeometric upper tail, adjusted by ` +
    `Benjamini and Hochberg over the ${count(tested, "pathway")} with a gene of the list; pathways with the same genes are one.`
  );
}

/** The table as rows of a file. n, N: genes of the list and of the background. */
function fileRows(tree, rows, { n, N }) {
  const head = ["pathway_id", "pathway", "in_list", "in_pathway", "list", "background", "fold", "p", "adjusted_p", "same_genes"];
  const row = ({ i, k, K, fold, p, adjusted, twins }) =>
    [`RW:${tree.id[i]}`, tree.name[i], k, K, n, N, fold, p, adjusted, twins.map((twin) => tree.name[twin]).join("|")];
  return [head, ...rows.map(row)];
}

function line(tree, { i, k, K, fold, p, adjusted, twins }) {
  const cell = (text, name, title) => el("td", { class: "figure", "data-title": name, title }, text);
  const same = twins.length ? el("span", { class: "muted small" }, ` same genes: ${twins.map((twin) => tree.name[twin]).join(", ")}`) : null;
  return el(
    "tr",
    {},
    el("th", { scope: "row" }, pathwayLink(tree, i), same),
    cell(`${number(k)} of ${number(K)}`, "genes", `${(k / fold).toFixed(2)} expected`),
    cell(fold.toFixed(fold < 10 ? 1 : 0), "fold"),
    cell(chance(p), "p", String(p)),
    cell(chance(adjusted), "adjusted", String(adjusted)),
  );
}

/** A p value as people write it. */
function chance(p) {
  if (p < 1e-300) return "< 1e-300";
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}
