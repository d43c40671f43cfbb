// What a search means most likely, above the tree: pathways and proteins, the best first, and by which synonym.
import { el, tally } from "./dom.js";
import { pathwayLink, proteinLink } from "./links.js";

const LISTED = 6;

/** The best of both kinds: {i, rank, size, note} of a pathway, {symbol, rank, size, note} of a protein. */
export function hitsOf({ filter, proteins, tree }, query, hit) {
  const pathways = filter.meant(query, hit, LISTED).map((one) => ({ ...one, size: tree.total[one.i] }));
  const others = (proteins?.meant(query, LISTED) ?? []).map(({ n, rank, note }) => {
    const symbol = proteins.symbol[n];
    return { symbol, rank, note, size: proteins.held(symbol) };
  });
  return [...pathways, ...others].sort((x, y) => x.rank - y.rank || y.size - x.size).slice(0, LISTED);
}

/** List them. */
export function listHits(tree, hits) {
  const list = document.getElementById("hits");
  list.replaceChildren(...hits.map((one) => el("li", {}, link(tree, one))));
  list.hidden = !hits.length;
}

function link(tree, { i, symbol, note, size }) {
  const more = [note ? el("span", { class: "muted" }, ` (${note})`) : null, tally(size)];
  return symbol ? proteinLink(symbol, symbol, ...more) : pathwayLink(tree, i, more);
}
