// Starting up: the tree first, so that the page is of use; then what the panels show; then what the address asks for.
import { changesOf, changesPanel } from "./changes.js";
import { controls, follow, sayFound } from "./controls.js";
import { block, placedOf, treeOf } from "./data.js";
import { count, el, number } from "./dom.js";
import { genesOf } from "./enrichment.js";
import { filterOf, words } from "./filter.js";
import { geneListOf, genesPanel } from "./genes.js";
import { hitsOf, listHits } from "./hits.js";
import { sortAs } from "./interactions.js";
import { overviewPanel } from "./overview.js";
import { pathwayPanel } from "./pathway.js";
import { proteinPanel } from "./protein.js";
import { proteinsOf } from "./proteins.js";
import { onChange, show, state } from "./state.js";
import { suggestionsPanel } from "./suggest.js";
import { suggestionsOf } from "./suggestions.js";
import { treeView } from "./tree.js";

const SUGGESTIONS = "suggestions"; // what the address shows in place of a pathway
const GENES = "genes";
const CHANGES = "changes";
const PROTEIN = "protein:"; // before the symbol of a protein

async function start() {
  const main = document.getElementById("main");
  const tree = treeOf(await block("tree"));
  const suggestions = suggestionsOf(tree);
  const data = { tree, edges: null, proteins: null, placed: null, changes: null, suggestions };
  const filter = filterOf(tree);
  const choose = (i) => {
    show({ p: `RW:${tree.id[i]}` });
    document.body.dataset.shows = "panel"; // also when it was chosen already and only out of sight
  };
  const isPending = (i) => suggestions.touch(`RW:${tree.id[i]}`);
  const view = treeView(document.getElementById("tree"), tree, { choose, isPending });
  let found = filter(state());

  const numberOf = (p) => tree.byId.get(p.replace(/^RW:/, "")) ?? -1;

  function panel() {
    const given = state();
    const i = numberOf(given.p);
    sortAs(given.sort);
    document.body.dataset.shows = given.p ? "panel" : "tree";
    const symbol = given.p.startsWith(PROTEIN) ? given.p.slice(PROTEIN.length) : null;
    const named = i < 0 ? symbol : tree.name[i];
    document.title = named ? `${named} · Rootward` : "Rootward explorer";
    main.replaceChildren(panelFor(given, i, symbol));
  }

  function panelFor(given, i, symbol) {
    if (i >= 0) return pathwayPanel(data, i, given, found.shown);
    if (symbol) {
      const why = "It may be known by another name: search for it.";
      return proteinPanel(data, symbol, given) ?? unknown(`Protein ${symbol}`, why);
    }
    if (given.p === SUGGESTIONS) return suggestionsPanel(tree, suggestions);
    if (given.p === CHANGES && data.changes) return changesPanel(tree, data.changes);
    if (given.p === GENES) return genesPanel(tree, genes);
    if (!given.p || given.p === "all") return overviewPanel(tree, given, found.shown);
    return unknown(`Pathway ${given.p}`, "It may have been merged or renamed since the link was made.");
  }

  function unknown(what, why) {
    return el("p", { class: "empty" }, `${what} is not in this tree. ${why}`);
  }

  function narrow() {
    found = filter(state());
    const { q } = state();
    view.narrow(found, words(q), (i) => (q ? filter.aliasFor(q, i) : null));
    sayFound(tree, found, state());
    listHits(tree, q ? best(q, found.hit) : []);
  }

  function pending() {
    const badge = document.getElementById("suggestions-on");
    badge.textContent = suggestions.all().length;
    badge.hidden = !suggestions.all().length;
    view.again();
    if (state().p === SUGGESTIONS) panel();
  }

  const genes = geneListOf(tree, () => {
    const badge = document.getElementById("genes-on");
    badge.textContent = number(genes.found.here.size);
    badge.hidden = !tree.lit;
    view.again();
    panel();
  });
  document.getElementById("genes").addEventListener("click", () => show({ p: GENES }));

  suggestions.onChange(pending);
  document.getElementById("suggestions").addEventListener("click", () => show({ p: SUGGESTIONS }));

  onChange((given, before) => {
    const changed = (...keys) => keys.some((key) => String(given[key]) !== String(before[key]));
    const filtered = changed("origin", "method", "verdict", "sure");
    if (filtered || changed("q")) {
      narrow();
      follow(given);
    }
    if (changed("p")) {
      view.reveal(numberOf(given.p));
      panel();
      main.scrollTop = 0;
      scrollTo(0, 0);
      // The reader is told of the new pathway without losing the place in the tree.
      if (!document.getElementById("tree").contains(document.activeElement))
        document.getElementById("title")?.focus({ preventScroll: true });
    } else if (changed("z") && main.firstChild.zoom) {
      main.firstChild.zoom(given);
    } else if (
      filtered ||
      changed("below", "size") ||
      (changed("has") && !document.activeElement.matches(".table-filter"))
    ) {
      const at = main.scrollTop;
      panel();
      main.scrollTop = at;
    } else if (changed("q")) main.firstChild.narrow?.(found.shown); // what the panel says does not depend on the search
  });

  const best = (query, hit) => hitsOf({ filter, proteins: data.proteins, tree }, query, hit);

  // What a search means most likely; else the fullest pathway of those it leaves.
  function enter() {
    const typed = document.getElementById("search").value.trim();
    const now = typed === state().q ? found : filter({ ...state(), q: typed });
    const [first] = typed ? best(typed, now.hit) : [];
    if (first?.symbol) show({ p: `${PROTEIN}${first.symbol}` });
    else {
      const i = first?.i ?? (typed ? filter.fullest(now.hit) : view.first());
      if (i !== undefined) choose(i);
    }
  }

  controls(tree, view, enter);
  document.getElementById("bar-note").textContent =
    `${count(tree.n, "pathway")} under ${count(tree.roots.length, "root")}`;
  narrow();
  view.reveal(numberOf(state().p));
  panel();
  pending();
  document.documentElement.dataset.ready = "tree";

  if (document.getElementById("data-compare")) {
    data.changes = tree.changes = changesOf(tree, await block("compare"));
    document.getElementById("changes-on").textContent = number(tree.changes.pathways);
    document.getElementById("changes").hidden = false;
    document.getElementById("changes").addEventListener("click", () => show({ p: CHANGES }));
    view.again();
  }
  data.edges = await block("edges");
  data.proteins = filter.proteins = proteinsOf(await block("proteins"));
  genes.genes = genesOf(tree, data.proteins, await block("genes"));
  data.placed = filter.placed = placedOf(await block("interactions"), tree.n, data.proteins);
  if (state().q) narrow();
  if (state().q || numberOf(state().p) >= 0 || state().p.startsWith(PROTEIN) || [GENES, CHANGES].includes(state().p)) panel();
  document.documentElement.dataset.ready = "all";
  setTimeout(filter.prepare, 0);
}

// On paper everything that can be opened is open.
addEventListener("beforeprint", () =>
  document.querySelectorAll(".main details:not(.suggest)").forEach((details) => {
    details.open = true;
  }),
);

start().catch((error) => {
  document.getElementById("search-status").textContent = `This page could not be unpacked: ${error.message}`;
  throw error;
});
