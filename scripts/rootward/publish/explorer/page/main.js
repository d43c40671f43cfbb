// Starting up: the tree first, so that the page is of use; then what the panels show; then what the address asks for.
import { controls, follow, sayFound } from "./controls.js";
import { block, placedOf, treeOf } from "./data.js";
import { count, el } from "./dom.js";
import { filterOf, words } from "./filter.js";
import { sortAs } from "./interactions.js";
import { overviewPanel } from "./overview.js";
import { pathwayPanel } from "./pathway.js";
import { onChange, show, state } from "./state.js";
import { suggestionsPanel } from "./suggest.js";
import { suggestionsOf } from "./suggestions.js";
import { treeView } from "./tree.js";

const SUGGESTIONS = "suggestions"; // what the address shows in place of a pathway

async function start() {
  const main = document.getElementById("main");
  const tree = treeOf(await block("tree"));
  const suggestions = suggestionsOf(tree);
  const data = { tree, edges: null, placed: null, suggestions };
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
    document.title = i < 0 ? "Rootward explorer" : `${tree.name[i]} · Rootward`;
    const shown =
      i >= 0
        ? pathwayPanel(data, i, given, found.shown)
        : given.p === SUGGESTIONS
          ? suggestionsPanel(tree, suggestions)
          : given.p && given.p !== "all"
            ? unknown(given.p)
            : overviewPanel(tree, given, found.shown);
    main.replaceChildren(shown);
  }

  function unknown(p) {
    return el(
      "p",
      { class: "empty" },
      `There is no pathway ${p} in this tree. It may have been merged or renamed since the link was made.`,
    );
  }

  function narrow() {
    found = filter(state());
    view.narrow(found, words(state().q));
    sayFound(tree, found, state(), filter.meant(state().q));
  }

  function pending() {
    const badge = document.getElementById("suggestions-on");
    badge.textContent = suggestions.all().length;
    badge.hidden = !suggestions.all().length;
    view.again();
    if (state().p === SUGGESTIONS) panel();
  }

  suggestions.onChange(pending);
  document.getElementById("suggestions").addEventListener("click", () => show({ p: SUGGESTIONS }));

  onChange((given, before) => {
    const changed = (...keys) => keys.some((key) => String(given[key]) !== String(before[key]));
    const filtered = changed("q", "origin", "method", "verdict", "sure");
    if (filtered) {
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
    }
  });

  controls(tree, view, choose, () => {
    const typed = document.getElementById("search").value.trim();
    const now = typed === state().q ? found : filter({ ...state(), q: typed });
    return typed ? filter.best(typed, now.hit) : view.first();
  });
  document.getElementById("bar-note").textContent =
    `${count(tree.n, "pathway")} under ${count(tree.roots.length, "root")}`;
  narrow();
  view.reveal(numberOf(state().p));
  panel();
  pending();
  document.documentElement.dataset.ready = "tree";

  data.edges = await block("edges");
  data.placed = placedOf(await block("interactions"), tree.n);
  filter.placed = data.placed;
  if (state().q) narrow();
  if (numberOf(state().p) >= 0) panel();
  document.documentElement.dataset.ready = "all";
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
