// A protein: what it is called, the pathways it stands in, its partners and its interactions.
import { card, count, definitions, el, number, tally } from "./dom.js";
import { interactionTable, passing } from "./interactions.js";
import { backToTree, pathwayLink, protein, proteinLink } from "./links.js";
import { network, networkCard } from "./network.js";
import { show } from "./state.js";
import { suggestOnInteraction } from "./suggest.js";

const MANY = 40; // pathways or partners listed

/** The panel of the protein with a symbol; null when the run has none. */
export function proteinPanel({ tree, proteins, placed, suggestions }, symbol, state) {
  if (!proteins) return el("p", { class: "empty" }, "Unpacking …");
  const numbers = proteins.bySymbol.get(symbol);
  if (!numbers) return null;
  const pathways = proteins.pathways(numbers);
  const held = proteins.held(symbol);
  const own = new Set(numbers);
  const all = placed ? placementsWith(placed, own) : [];
  const partners = placed ? partnersIn(placed, all, own) : [];
  const carried = new Set(all.map((n) => placed.placed.interaction[n])).size;
  const note = placed && carried < held ? `Of ${number(carried)} of its ${count(held, "interaction")}: the others are not in this page.` : null;
  return el(
    "article",
    { class: "pathway protein-page" },
    el(
      "div",
      { class: "head" },
      el("nav", { class: "crumbs", "aria-label": "Path" }, backToTree(), el("span", { class: "muted" }, "Protein")),
      el("h1", { id: "title", tabindex: -1 }, symbol),
      el(
        "p",
        { class: "head-facts" },
        el("span", {}, count(held, "interaction")),
        el("span", {}, count(pathways.length, "pathway")),
        carried === held ? el("span", {}, count(partners.length, "partner")) : null,
      ),
      names(proteins, numbers),
    ),
    el(
      "div",
      { class: "columns" },
      el(
        "div",
        { class: "left" },
        list("Pathways", pathways, ([i, here]) => pathwayLink(tree, i, tally(here))),
        heldCard({ tree, placed, suggestions }, all, { state, carried, held, name: symbol }),
      ),
      el(
        "aside",
        { class: "right", "aria-label": "Partners" },
        placed && all.length ? drawn(placed, all, { symbol, note }) : null,
        list("Partners", partners, ([name, shared]) => proteinLink(name, name, tally(shared)), note),
      ),
    ),
  );
}

function names(proteins, numbers) {
  const called = [...new Set(numbers.flatMap((n) => proteins.called[n] ?? []))];
  const accessions = numbers.filter((n) => proteins.uniprot[n]);
  return definitions("names", [
    ["Also called", called.length ? called.map((name) => el("span", { class: "alias" }, name)) : null],
    [
      "UniProt",
      accessions.length
        ? accessions.map((n) => el("span", { class: "alias" }, protein([proteins.symbol[n], proteins.uniprot[n]], proteins.uniprot[n])))
        : "not identified",
    ],
  ]);
}

function list(title, members, link, note = null) {
  const items = el(
    "ul",
    { class: "links" },
    members.slice(0, MANY).map((member) => el("li", {}, link(member))),
  );
  const rest = members.slice(MANY);
  const showRest = (event) => {
    items.append(...rest.map((member) => el("li", {}, link(member))));
    event.target.remove();
  };
  return members.length
    ? card(
        "",
        el("h2", {}, title, tally(members.length)),
        items,
        note ? el("p", { class: "note" }, note) : null,
        rest.length ? el("button", { type: "button", class: "quiet", onclick: showRest }, `Show ${number(rest.length)} more`) : null,
      )
    : null;
}

/** The placements (numbers) of the interactions in the page that some proteins take part in. */
function placementsWith(placed, own) {
  const found = [];
  placed.placed.interaction.forEach((at, n) => {
    if (own.has(placed.a[at]) || own.has(placed.b[at])) found.push(n);
  });
  return found;
}

/** [symbol, number of interactions] of those on the other end, the most frequent first. */
function partnersIn(placed, placements, own) {
  const found = new Map();
  for (const at of new Set(placements.map((n) => placed.placed.interaction[n]))) {
    const other = own.has(placed.a[at]) ? placed.b[at] : placed.a[at];
    const [symbol] = placed.words.protein[other];
    found.set(symbol, (found.get(symbol) ?? 0) + 1);
  }
  return [...found].sort(([a, x], [b, y]) => y - x || a.localeCompare(b, "en"));
}

function drawn(placed, placements, { symbol, note }) {
  const interactions = placements.map((n) => placed.placed.interaction[n]);
  const open = (name) => show({ p: `protein:${name || symbol}` });
  const picture = network(placed, interactions, { width: 330, height: 320, chosen: symbol, pick: open });
  if (note) picture.append(el("p", { class: "note" }, note));
  return networkCard(["Around it"], picture, `network around ${symbol}`);
}

function heldCard({ tree, placed, suggestions }, all, { state, carried, held, name }) {
  const title = el("h2", {}, "Interactions", tally(held));
  if (!placed) return card("held", title, el("p", { class: "muted" }, "Unpacking …"));
  const found = all.filter(passing(tree, placed, state));
  const link = (i) => pathwayLink(tree, i);
  const suggest = (subject, i) => suggestOnInteraction(tree, suggestions, { subject, i });
  const notes = [];
  if (found.length < all.length) notes.push(`${count(all.length - found.length, "interaction")} hidden by the filters on the left.`);
  if (carried < held) notes.push(`${number(carried)} of ${number(held)} are in this page; all are in results/interactions.parquet.`);
  return card(
    "held",
    title,
    notes.map((note) => el("p", { class: "note" }, note)),
    found.length ? interactionTable(tree, placed, found, { state, here: -1, link, suggest, name }) : el("p", { class: "empty" }, "None is shown."),
  );
}
