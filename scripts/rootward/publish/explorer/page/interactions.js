// The interactions of a pathway: sorted, filtered, with their evidence.
import { inWords, methodChip, sureness, verdictChip } from "./chips.js";
import { count, definitions, el, marked, number } from "./dom.js";
import { genesText, tableButtons } from "./interactionfiles.js";
import { pathwayLink, proteinLink, pubmed, reference } from "./links.js";
import { kind } from "./network.js";
import { show } from "./state.js";

const FIRST = 50; // rows shown at once; more on request
const COLUMNS = [
  ["a", "Protein", (p, n) => p.words.protein[p.a[p.placed.interaction[n]]][0]],
  ["effect", "Effect", (p, n) => p.words.effect[p.effect[p.placed.interaction[n]]]],
  ["b", "on", (p, n) => p.words.protein[p.b[p.placed.interaction[n]]][0]],
  ["mechanism", "Mechanism", (p, n) => p.words.mechanism[p.mechanism[p.placed.interaction[n]]]],
  ["sure", "Confidence", (p, n) => p.placed.confidence[n]],
  ["verdict", "Verdict", (p, n) => p.placed.verdict[n]],
];

/** Whether the interactions below a pathway are shown with it: when asked to, and where none stand at it. */
export const withBelow = (tree, i, state) => state.below || tree.direct[i] === 0;

/** Whether the filters leave a placement (number). */
export function passing(tree, placed, state) {
  const verdicts = tree.words.verdict.map((verdict) => !state.verdict.length || state.verdict.includes(verdict));
  return (n) => placed.placed.confidence[n] >= state.sure && verdicts[placed.placed.verdict[n]];
}

/** The placements (numbers) at a pathway, or at and below it, that the filters leave. */
export function placementsOf(tree, placed, i, state) {
  const [first, last] = [placed.start[i], placed.start[withBelow(tree, i, state) ? tree.end[i] : i + 1]];
  const passes = passing(tree, placed, state);
  const found = [];
  for (let n = first; n < last; n += 1) if (passes(n)) found.push(n);
  return { found, hidden: last - first - found.length };
}

/** The table with its own filter. `link(pathway)` links to a pathway, for the interactions that stand below `here`; `name`:
 * what they are of; `genes()`: the text of all genes when nothing is filtered, if that is more than the rows tell.
 */
export function interactionTable(tree, placed, placements, { state, here, link, suggest, name, genes }) {
  const withVerdicts = tree.words.verdict.length > 1;
  const columns = COLUMNS.filter(([key]) => key !== "verdict" || withVerdicts);
  const body = el("div", { class: "interactions-body" });
  const input = el("input", {
    type: "search",
    class: "table-filter",
    placeholder: "Filter interactions",
    "aria-label": "Filter interactions",
    value: state.has,
    oninput: () => {
      show({ has: input.value });
      fill();
    },
  });
  const status = el("span", { class: "muted", role: "status" });
  let shown = FIRST;
  let rows = placements;

  function fill() {
    const sought = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const texts = sought.length ? (n) => textOf(placed, n) : null;
    rows = sorted(
      placed,
      placements.filter((n) => !texts || sought.every((word) => texts(n).includes(word))),
      currentSort(),
    );
    status.textContent =
      rows.length === placements.length ? "" : `${number(rows.length)} of ${number(placements.length)} with “${input.value}”`;
    const more =
      rows.length > shown
        ? el(
            "button",
            {
              type: "button",
              class: "more",
              onclick: () => {
                shown += 200;
                fill();
              },
            },
            `Show more (${number(rows.length - shown)} left)`,
          )
        : null;
    body.replaceChildren(
      rows.length
        ? el(
            "table",
            { class: "interactions" },
            head(columns, fill),
            ...rows
              .slice(0, shown)
              .map((n) =>
                bodyOf(tree, placed, n, { columns, sought, link: placed.placed.pathway[n] === here ? null : link, suggest }),
              ),
          )
        : el("p", { class: "empty" }, "No interaction matches."),
      ...(more ? [more, el("p", { class: "note on-paper" }, `The first ${number(shown)} of ${number(rows.length)}.`)] : []),
    );
  }

  fill();
  const saves = tableButtons(tree, placed, {
    name,
    rows: () => rows,
    genes: () => (genes && rows.length === placements.length ? genes() : genesText(placed, rows)),
  });
  return el("div", {}, el("div", { class: "table-tools" }, input, status, saves), body);
}

let sort = "";
const currentSort = () => sort;

/** Take the sorting of the address over: a column's key, with a minus when it runs backwards. */
export function sortAs(wanted) {
  sort = wanted;
}

function head(columns, again) {
  const cells = columns.map(([key, title]) => {
    const direction = sort === key ? "ascending" : sort === `-${key}` ? "descending" : null;
    const press = () => {
      const turns = key === "sure" ? ["", "-sure", "sure"] : ["", key, `-${key}`]; // the surest first
      sort = turns[(turns.indexOf(sort) + 1) % turns.length];
      show({ sort });
      again();
      document.querySelector(`[data-sort="${key}"]`)?.focus();
    };
    return el(
      "th",
      { scope: "col", class: `col-${key}`, "aria-sort": direction },
      el(
        "button",
        { type: "button", "data-sort": key, onclick: press },
        title,
        el("span", { class: "arrow", "aria-hidden": "true" }),
      ),
    );
  });
  return el("thead", {}, el("tr", {}, cells));
}

function sorted(placed, rows, by) {
  const column = COLUMNS.find(([key]) => key === by.replace("-", ""));
  if (!column) return rows;
  const [, , value] = column;
  const sign = by.startsWith("-") ? -1 : 1;
  const order = (x, y) => (typeof x === "number" ? x - y : x.localeCompare(y, "en"));
  return rows
    .map((n) => [value(placed, n), n])
    .sort((x, y) => sign * order(x[0], y[0]) || x[1] - y[1])
    .map(([, n]) => n);
}

function textOf(placed, n) {
  const at = placed.placed.interaction[n];
  const { protein: proteins, effect, mechanism } = placed.words;
  return [
    placed.id[at],
    ...proteins[placed.a[at]],
    ...proteins[placed.b[at]],
    placed.given.a[at],
    placed.given.b[at],
    effect[placed.effect[at]],
    mechanism[placed.mechanism[at]],
    placed.statement[at],
    ...placed.evidence[at].flat(),
  ]
    .join("\n")
    .toLowerCase();
}

/** A protein, and beside it the name that the user's file gives it where that is another one. */
function named(placed, end, at, sought) {
  const [symbol] = placed.words.protein[placed[end][at]];
  const given = placed.given[end][at];
  return [
    proteinLink(symbol, marked(symbol, sought)),
    given ? el("span", { class: "muted given", title: "as your file names it" }, " (", marked(given, sought), ")") : null,
  ];
}

function bodyOf(tree, placed, n, { columns, sought, link, suggest }) {
  const at = placed.placed.interaction[n];
  const effect = placed.words.effect[placed.effect[at]];
  const sure = placed.placed.confidence[n];
  const cells = {
    a: named(placed, "a", at, sought),
    effect: el("span", { class: `effect ${kind(effect)}` }, effect),
    b: named(placed, "b", at, sought),
    mechanism: placed.words.mechanism[placed.mechanism[at]],
    sure: sureness(sure, placed.words.method[placed.placed.method[n]]),
    verdict: verdictChip(tree.words.verdict[placed.placed.verdict[n]]),
  };
  return el(
    "tbody",
    {},
    el(
      "tr",
      {},
      columns.map(([key, title]) => el("td", { class: `col-${key}`, "data-title": title }, cells[key])),
    ),
    el(
      "tr",
      { class: "said" },
      el(
        "td",
        { colspan: columns.length },
        el("p", { class: "statement" }, marked(placed.statement[at], sought)),
        evidence(tree, placed, { n, at, sought, link }),
        suggest(placed.id[at], placed.placed.pathway[n]),
      ),
    ),
  );
}

function evidence(tree, placed, { n, at, sought, link }) {
  const given = placed.evidence[at];
  const articles = [...new Set(given.map(([, pmid]) => pmid).filter(Boolean))];
  const texts = given.filter(([text]) => text);
  const quote = ([text, pmid]) => el("blockquote", {}, marked(text, sought), pmid ? [" ", pubmed(pmid)] : null);
  return el(
    "div",
    { class: "evidence" },
    articles.map(pubmed),
    link ? link(placed.placed.pathway[n]) : null,
    el(
      "span",
      { class: "placed" },
      el("span", { class: "muted" }, "placed by "),
      methodChip(placed.words.method[placed.placed.method[n]]),
      placed.placed.reasoning[n] ? `: ${placed.placed.reasoning[n]}` : null,
    ),
    el(
      "details",
      {},
      el("summary", { class: texts.length ? null : "on-screen" }, texts.length ? count(texts.length, "evidence text") : "Details"),
      texts.map(quote),
      definitions("facts", [
        ["Also possible", alternatives(tree, placed, at)],
        ["Interaction", placed.id[at]],
        ["Source", placed.source[at]],
        ["Score in the source", placed.score[at]],
        ["Call", placed.placed.call[n] && reference(placed.placed.call[n])],
        ["Verdict", placed.verdict[at] && verdictReason(placed.verdict[at])],
      ]),
    ),
  );
}

/** The pathways that came into question when the interaction was assigned, the likeliest first. */
function alternatives(tree, placed, at) {
  const { name, of } = placed.alternatives;
  const flat = of[at] ?? [];
  const item = (n) => {
    const [called, value] = [name[flat[n]], flat[n + 1]];
    const i = tree.byName.get(called);
    return el("li", {}, i === undefined ? called : pathwayLink(tree, i), el("span", { class: "muted" }, ` ${inWords(value)}`));
  };
  return flat.length ? el("ul", {}, [...flat.keys()].filter((n) => n % 2 === 0).map(item)) : null;
}

function verdictReason([corrected, reason, method, call]) {
  const effect = corrected ? `Corrected effect: ${corrected}. ` : "";
  return [`${reason} ${effect}`, methodChip(method), " ", call ? reference(call) : null];
}
