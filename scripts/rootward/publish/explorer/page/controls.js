// Search, filters, colours and keys.
import { count, el, number, recall, remember, settled } from "./dom.js";
import { narrowed } from "./filter.js";
import { pictureButtons } from "./saving.js";
import { address, show, state } from "./state.js";

const byId = (id) => document.getElementById(id);
const THEMES = ["auto", "light", "dark"];

/** Wire everything around the tree. `view` is its view; `enter` shows what a search means most likely. */
export function controls(tree, view, enter) {
  const search = byId("search");
  search.value = state().q;
  search.addEventListener(
    "input",
    settled(() => show({ q: search.value.trim() }), tree.n > 5000 ? 120 : 40),
  );
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") view.focus();
    else if (event.key === "Enter") enter();
    else if (event.key === "Escape") {
      search.value = "";
      show({ q: "" });
      view.focus();
    } else return;
    event.preventDefault();
  });
  addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (state().p) document.body.dataset.shows = "tree"; // on a narrow screen the search stands beside the tree
    search.focus();
    search.select();
  });
  byId("open-all").addEventListener("click", () => view.all(true));
  byId("close-all").addEventListener("click", () => view.all(false));
  byId("tree-tools").append(pictureButtons("the tree as it is open", { name: () => "tree", make: view.picture }));
  byId("home").addEventListener("click", () => show({ p: "all" }));
  byId("to-overview").addEventListener("click", () => show({ p: "all" }));
  byId("copy-link").addEventListener("click", copyLink);
  byId("copy-link").hidden = location.protocol === "data:"; // inside a report the page has no address to share
  filterForm(tree);
  themes();
}

/** Say how much of the tree the search and the filters leave. */
export function sayFound(tree, found, given) {
  byId("search-status").textContent = found.active
    ? found.hits
      ? `${number(found.hits)} of ${number(tree.n)} pathways`
      : "Nothing found. Clear the search or the filters."
    : `${number(tree.n)} pathways`;
  const { placements, of } = tree.carried;
  byId("search-part").hidden = !given.q || placements === of;
  byId("search-part").textContent =
    `Pathways and proteins were all searched; statements, publications and ids in ${number(placements)} of ${count(of, "placement")}. ` +
    "The others are in results/interactions.parquet.";
  const on = narrowed(given);
  byId("filters-on").hidden = !on;
  byId("filters-on").textContent = on;
}

async function copyLink() {
  const button = byId("copy-link");
  const link = new URL(address({}), location.href).href;
  try {
    await navigator.clipboard.writeText(link);
    button.textContent = "Copied";
  } catch {
    button.textContent = "See the address bar";
  }
  setTimeout(() => {
    button.textContent = "Copy link";
  }, 1600);
}

function filterForm(tree) {
  const form = byId("filter-form");
  const verdicts = tree.words.verdict.length > 1;
  const range = el("input", {
    type: "range",
    name: "sure",
    min: 0,
    max: 1,
    step: 0.05,
    "aria-label": "Lowest confidence of an interaction",
  });
  const said = el("output", {});
  form.append(
    boxes("origin", "Origin", tree.words.origin),
    boxes("method", "Decided by", tree.words.method),
    verdicts ? boxes("verdict", "Verdict", tree.words.verdict) : "",
    el("fieldset", {}, el("legend", {}, "Confidence at least ", said), range),
    el("button", { type: "reset", class: "quiet" }, "Clear filters"),
  );
  const read = () => {
    const given = new FormData(form);
    said.textContent = Number(range.value).toFixed(2);
    return {
      origin: given.getAll("origin"),
      method: given.getAll("method"),
      verdict: given.getAll("verdict"),
      sure: Number(range.value),
    };
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener(
    "input",
    settled(() => show(read()), 60),
  );
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    show({ origin: [], method: [], verdict: [], sure: 0 });
  });
  form.follow = (given) => {
    for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = given[box.name].includes(box.value);
    range.value = given.sure;
    said.textContent = given.sure.toFixed(2);
  };
  form.follow(state());
  byId("filters").open = narrowed(state()) > 0;
}

/** Bring the search box and the filters in step with what is shown. */
export function follow(given) {
  const search = byId("search");
  if (search.value.trim() !== given.q) search.value = given.q;
  byId("filter-form").follow(given);
}

function boxes(name, title, values) {
  return el(
    "fieldset",
    {},
    el("legend", {}, title),
    values.map((value) =>
      el(
        "label",
        {},
        el("input", { type: "checkbox", name, value }),
        (value || "not checked").replaceAll("_", " ").replace(":", " · "),
      ),
    ),
  );
}

function themes() {
  const button = byId("theme");
  let theme = THEMES.find((known) => known === recall("rootward-theme")) ?? "auto";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    button.textContent = theme[0].toUpperCase() + theme.slice(1);
    button.setAttribute("aria-label", `${button.textContent} colours`);
  };
  button.addEventListener("click", () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    remember("rootward-theme", theme);
    apply();
  });
  apply();
}
