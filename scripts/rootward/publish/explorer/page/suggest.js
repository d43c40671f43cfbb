// "Suggest a change": the form on a pathway or an interaction, and the panel of all suggestions.
import { card, count, el, recall, remember } from "./dom.js";
import { pathwayLink } from "./links.js";
import { folded } from "./suggestions.js";

const ON_PATHWAY = {
  parent: "belongs under",
  not_parent: "does not belong under",
  name: "should be called",
  same: "is the same as",
  different: "is not the same as",
  remove: "should not be in the tree",
};
const ON_INTERACTION = { place: "belongs to", not_place: "does not belong to" };
const WORDS = { ...ON_PATHWAY, ...ON_INTERACTION };
const OFFERED = 20; // pathways offered while a name is typed
const WHO = "rootward-by"; // who suggests, kept from one suggestion to the next

/** The form about a pathway: `subject` is its id. */
export const suggestOnPathway = (tree, suggestions, i) =>
  folding(tree, suggestions, { subject: `RW:${tree.id[i]}`, verbs: ON_PATHWAY });

/** The form about an interaction that stands on pathway i. */
export const suggestOnInteraction = (tree, suggestions, { subject, i }) =>
  folding(tree, suggestions, { subject, verbs: ON_INTERACTION, here: tree.name[i] });

// The form is made when it is opened: a table has one for each of its rows.
function folding(tree, suggestions, about) {
  const box = el("details", { class: "suggest" }, el("summary", {}, "Suggest a change"));
  const open = () => {
    if (box.open && box.children.length === 1) box.append(form(tree, suggestions, about));
  };
  box.addEventListener("toggle", open);
  return box;
}

let made = 0; // forms so far: each has its own list of names

function form(tree, suggestions, { subject, verbs, here }) {
  made += 1;
  const names = el("datalist", { id: `pathways-${made}` });
  const verb = el(
    "select",
    { name: "verb", "aria-label": "Change", onchange: () => follow() },
    Object.entries(verbs).map(([value, words]) => el("option", { value }, words)),
  );
  const object = el("input", { name: "object", list: names.id, autocomplete: "off", oninput: () => offer() });
  const reason = el("input", { name: "reason", placeholder: "Reason", "aria-label": "Reason" });
  const by = el("input", { name: "by", placeholder: "Your name", "aria-label": "Your name", value: recall(WHO) ?? "" });
  const status = el("p", { class: "note", role: "status" });

  function offer() {
    names.replaceChildren(...matching(tree, object.value).map((name) => el("option", { value: name })));
  }

  function follow() {
    object.hidden = verb.value === "remove";
    object.setAttribute("aria-label", verb.value === "name" ? "New name" : "Pathway");
    object.placeholder = verb.value === "name" ? "New name" : "Pathway";
    if (verb.value === "name") object.removeAttribute("list");
    else object.setAttribute("list", names.id);
    if (verb.value === "not_place") object.value = here;
  }

  function add(event) {
    event.preventDefault();
    const found = meant(tree, verb.value, object.value);
    if (found === undefined) {
      status.textContent = `No pathway of this tree is called “${object.value}”.`;
      return;
    }
    const one = { verb: verb.value, subject, object: found, reason: reason.value, by: by.value, date: today() };
    const problem = suggestions.add(one);
    if (!problem) remember(WHO, by.value);
    status.textContent = problem ?? "Added. See Suggestions at the top of the page.";
  }

  follow();
  const button = el("button", { type: "submit", class: "quiet" }, "Add");
  return el("form", { class: "suggest-form", onsubmit: add }, verb, object, names, reason, by, button, status);
}

/** The names of pathways that a typed text may mean: those that begin with it first. */
function matching(tree, typed) {
  const sought = typed.trim().toLowerCase();
  if (!sought) return [];
  const found = tree.name.filter((name) => name.toLowerCase().includes(sought));
  const begins = (name) => (name.toLowerCase().startsWith(sought) ? 0 : 1);
  return found.sort((x, y) => begins(x) - begins(y) || x.length - y.length || (x < y ? -1 : 1)).slice(0, OFFERED);
}

/** What the object of a suggestion is: a new name, nothing, or the id of a pathway; undefined when there is none. */
function meant(tree, verb, typed) {
  if (verb === "name") return typed;
  if (verb === "remove") return "";
  const sought = folded(typed);
  const named = tree.name.findIndex((name) => folded(name) === sought);
  const at = named >= 0 ? named : tree.name.findIndex((_, i) => tree.aliases[i]?.some((name) => folded(name) === sought));
  return at >= 0 ? `RW:${tree.id[at]}` : undefined;
}

const today = () => new Date().toISOString().slice(0, 10);

/** The panel of all suggestions. */
export function suggestionsPanel(tree, suggestions) {
  const list = suggestions.all();
  return el(
    "article",
    { class: "overview suggestions" },
    el(
      "div",
      { class: "head" },
      el("h1", { id: "title", tabindex: -1 }, "Suggested changes"),
      el(
        "p",
        { class: "lead" },
        "Append these lines to config/decisions.tsv and run again: they override every curator. ",
        suggestions.lasting() ? "They are kept in this browser until you withdraw them." : null,
      ),
      suggestions.lasting() ? null : el("p", { class: "note" }, "This browser does not store them: copy them before you leave."),
    ),
    list.length ? written(suggestions) : el("p", { class: "empty" }, "None yet: open a pathway and suggest a change."),
    list.length ? card("", el("h2", {}, count(list.length, "suggestion")), rows(tree, suggestions, list)) : null,
  );
}

function rows(tree, suggestions, list) {
  const at = (id) => tree.byId.get(id.replace(/^RW:/, ""));
  const shown = (id) => (at(id) === undefined ? el("code", {}, id) : pathwayLink(tree, at(id)));
  const item = (one) =>
    el(
      "li",
      {},
      shown(one.subject),
      ` ${WORDS[one.verb]} `,
      one.verb === "name" ? `“${one.object}”` : one.object ? shown(one.object) : null,
      one.reason ? el("span", { class: "muted" }, ` (${one.reason})`) : null,
      " ",
      el("button", { type: "button", class: "quiet", onclick: () => suggestions.withdraw(one) }, "Withdraw"),
    );
  return el("ul", { class: "suggested" }, list.map(item));
}

function written(suggestions) {
  const text = suggestions.text();
  const area = el("textarea", { readonly: true, rows: 6, "aria-label": "Lines for config/decisions.tsv" }, text);
  const copy = async (event) => {
    area.select();
    try {
      await navigator.clipboard.writeText(text);
      event.target.textContent = "Copied";
    } catch {
      event.target.textContent = "Selected: copy with the keyboard";
    }
  };
  return card(
    "",
    area,
    el("p", {}, el("button", { type: "button", class: "quiet", onclick: copy }, "Copy"), " ", download(text)),
  );
}

function download(text) {
  const href = URL.createObjectURL(new Blob([text], { type: "text/tab-separated-values" }));
  return el("a", { class: "quiet", href, download: "decisions.tsv" }, "Download decisions.tsv");
}
