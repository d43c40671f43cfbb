// What a person would change: kept in the browser, and written as lines of config/decisions.tsv.
//
// A suggestion is {verb, subject, object, reason, by, date}, all text. Pathways stand in it by id, interactions by
// theirs; only a new name is a name. What cannot hold together is refused here by the rules of knowledge/decisions.py, so
// that a run takes whatever this page writes.
import { recall, remember } from "./dom.js";

export const COLUMNS = ["decision", "subject", "object", "reason", "by", "date"];
export const ABOUT_INTERACTIONS = ["place", "not_place"];
const ABOUT_PATHWAYS = ["parent", "not_parent", "name", "same", "different", "remove"];
const OPPOSITE = { parent: "not_parent", place: "not_place", same: "different" };
const VERBS = [...ABOUT_PATHWAYS, ...ABOUT_INTERACTIONS];

/** The suggestions about a tree; `onChange(listener)` tells of every change. */
export function suggestionsOf(tree) {
  const key = `rootward-suggestions-${tree.run}`;
  const listeners = [];
  let list = kept();
  let lasting = true;

  function kept() {
    try {
      return JSON.parse(recall(key) ?? "[]").filter(isWhole);
    } catch {
      return [];
    }
  }

  function set(changed) {
    list = changed;
    lasting = remember(key, JSON.stringify(list));
    listeners.forEach((listener) => listener());
  }

  addEventListener("storage", (event) => {
    if (event.key !== key) return;
    list = kept(); // another tab of the same page
    listeners.forEach((listener) => listener());
  });

  const nameOf = (id) => tree.name[tree.byId.get(id.replace(/^RW:/, ""))] ?? id;

  return {
    all: () => list,
    /** Whether they are still there when the page is opened again. */
    lasting: () => lasting,
    nameOf,
    /** Take a suggestion in, in place of one it replaces; what keeps it from holding, or null. */
    add(given) {
      const one = Object.fromEntries(Object.entries(given).map(([field, text]) => [field, clean(text)]));
      const rest = list.filter((other) => !replaces(one, other));
      const problem = problemOf(tree, [...rest, one], nameOf);
      if (!problem) set([...rest, one]);
      return problem;
    },
    withdraw(one) {
      set(list.filter((other) => other !== one));
    },
    clear: () => set([]),
    /** Whether any is about a pathway, or would put something on it or take it away. */
    touch: (id) => list.some(({ subject, object }) => subject === id || object === id),
    /** As decisions.tsv, with its header. */
    text() {
      const name = (verb, end, text) => (end === "object" && verb === "name" ? text : nameOf(text));
      const rows = list.map((one) =>
        [one.verb, name(one.verb, "subject", one.subject), name(one.verb, "object", one.object), one.reason, one.by, one.date]
          .map((value) => cell(value ?? ""))
          .join("\t"),
      );
      return [COLUMNS.join("\t"), ...rows, ""].join("\n");
    },
    onChange: (listener) => listeners.push(listener),
  };
}

const isWhole = (one) => VERBS.includes(one?.verb) && [one.subject, one.object].every((end) => typeof end === "string");

// A cell on one line; what holds quotes is quoted, as a reader of tables undoes it.
const clean = (text) => text.replace(/[\s\p{Cc}\p{Cf}]+/gu, " ").trim();
const cell = (text) => (/"/.test(clean(text)) ? `"${clean(text).replaceAll('"', '""')}"` : clean(text));

/** A name in the form that decides whether two are one. */
export const folded = (name) =>
  clean(name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC").replace(/[\p{Pd}\u2212_]+/gu, " "));

function samePair(one, other) {
  if (one.subject === other.subject && one.object === other.object) return true;
  return (
    ["same", "different"].includes(one.verb) &&
    ["same", "different"].includes(other.verb) &&
    one.subject === other.object &&
    one.object === other.subject
  );
}

// A pathway has one parent, one name, one fate; a second word on the same thing takes the place of the first.
function replaces(one, other) {
  if (one.verb === other.verb) {
    if (["parent", "name", "place", "remove"].includes(one.verb)) return one.subject === other.subject;
    return samePair(one, other);
  }
  return (OPPOSITE[one.verb] === other.verb || OPPOSITE[other.verb] === one.verb) && samePair(one, other);
}

/** Why suggestions cannot all hold; null when they can. */
function problemOf(tree, list, nameOf) {
  const isRoot = (id) => tree.parent[tree.byId.get(id.replace(/^RW:/, ""))] === -1;
  const of = (...verbs) => list.filter(({ verb }) => verbs.includes(verb));
  const into = new Map(); // what is merged -> into what
  const id = (text) => (into.has(text) ? id(into.get(text)) : text);
  for (const { subject, object } of of("same")) {
    if (id(subject) === id(object)) return `Other suggestions say already that they are the same.`;
    into.set(id(subject), id(object));
  }
  const subjectOf = ({ verb, subject }) => (ABOUT_INTERACTIONS.includes(verb) ? subject : id(subject));
  return (
    byItself(tree, list, { isRoot, nameOf }) ??
    twice(list, { id, subjectOf, nameOf }) ??
    against(of, { id, subjectOf, nameOf }) ??
    aboutTheRemoved(list, { id, nameOf }) ??
    cycle(of("parent"), { id, nameOf })
  );
}

function byItself(tree, list, { isRoot, nameOf }) {
  for (const { verb, subject, object } of list) {
    if (verb !== "remove" && !object) return "Enter what it should be.";
    if (subject === object) return "A pathway cannot be paired with itself.";
    if (ABOUT_INTERACTIONS.includes(verb)) continue;
    if (["parent", "name", "remove", "same"].includes(verb) && isRoot(subject)) {
      return `${nameOf(subject)} is a root, and roots stay as they are.`;
    }
    if (verb !== "name") continue;
    if (/^RW:[0-9a-f]{12}$/.test(object)) return "An id cannot be a name.";
    const other = tree.name.findIndex((name) => folded(name) === folded(object));
    if (other >= 0) {
      const own = `RW:${tree.id[other]}` === subject;
      return own ? "It has that name already." : `A pathway already has that name: suggest that they are the same.`;
    }
  }
  return null;
}

function twice(list, { id, subjectOf, nameOf }) {
  const seen = new Set();
  const objectOf = ({ verb, object }) => (verb === "name" ? folded(object) : id(object));
  for (const one of list) {
    const { verb, subject } = one;
    const said = [`${verb} of ${subjectOf(one)}: ${objectOf(one)}`];
    if (["same", "different"].includes(verb)) said[0] = `${verb}: ${[subject, one.object].sort()}`;
    if (["parent", "name", "place"].includes(verb)) said.push(`${verb} of ${subjectOf(one)}`);
    if (verb === "name") said.push(`name: ${folded(one.object)}`);
    if (said.some((words) => seen.has(words))) {
      return `Another suggestion already says this about ${nameOf(subject)}, or about a pathway that is the same.`;
    }
    said.forEach((words) => seen.add(words));
  }
  return null;
}

function against(of, { id, subjectOf, nameOf }) {
  for (const { subject, object } of of("different")) {
    if (id(subject) === id(object)) return `Another suggestion says that ${nameOf(subject)} is ${nameOf(object)}.`;
  }
  for (const verb of ["parent", "place"]) {
    const pair = (one) => `${subjectOf(one)} ${id(one.object)}`;
    const wanted = new Set(of(verb).map(pair));
    const found = of(OPPOSITE[verb]).find((one) => wanted.has(pair(one)));
    if (found) return `Other suggestions say both that it is and that it is not: ${nameOf(found.object)}.`;
  }
  return null;
}

function aboutTheRemoved(list, { id, nameOf }) {
  const gone = new Set(list.filter(({ verb }) => verb === "remove").map(({ subject }) => id(subject)));
  for (const { verb, subject, object } of list) {
    if (["remove", "not_parent", "not_place", "different"].includes(verb)) continue;
    const names = verb === "place" ? [object] : verb === "name" ? [subject] : [subject, object];
    const found = names.find((name) => gone.has(id(name)));
    if (found) return `Another suggestion removes ${nameOf(found)}.`;
  }
  return null;
}

function cycle(parents, { id, nameOf }) {
  const above = new Map(parents.map((one) => [id(one.subject), id(one.object)]));
  for (const start of above.keys()) {
    const seen = new Set();
    let at = start;
    while (above.has(at) && !seen.has(at)) {
      seen.add(at);
      at = above.get(at);
    }
    if (seen.has(at)) return `It would close a cycle: ${[...seen, at].map(nameOf).join(" under ")}.`;
  }
  return null;
}
