// The proteins: what they are called, where they stand, and which of them a search means.
import { answers, haystackOf, nameOf, NONE, rankOf, soughtOf, textOf, topOf } from "./ranking.js";

const longest = (words) => words.reduce((one, other) => (other.length > one.length ? other : one));

/** The proteins, all of the run: their columns, and look-ups by name. */
export function proteinsOf(columns) {
  const { symbol, uniprot, called } = columns;
  const bySymbol = new Map();
  symbol.forEach((name, n) => bySymbol.set(name, [...(bySymbol.get(name) ?? []), n]));
  const text = symbol.map((name, n) => textOf([name, ...(called[n] ?? [])], uniprot[n] ? [uniprot[n]] : []));
  const holding = haystackOf(text);

  const sums = new Map([...bySymbol].map(([name, own]) => [name, own.reduce((sum, n) => sum + columns.held[n], 0)]));

  /** The number of interactions of the protein with a symbol. */
  const held = (name) => sums.get(name);

  /** The proteins that a search means, the likeliest first: {n, rank, note}. `note`: the synonym that was meant. */
  function meant(query, most) {
    const sought = soughtOf(query);
    if (sought.whole.length < 2) return [];
    const rank = (n) => rankOf(text[n], sought);
    const size = (n) => held(symbol[n]);
    const key = (n) => symbol[n]; // several accessions of one symbol are one protein to a reader
    const best = topOf(holding(longest(sought.words)), { rank, size, key, most });
    const note = (n) => called[n]?.[nameOf(text[n], sought) - 1];
    return best.map((n) => ({ n, rank: rank(n), note: note(n) }));
  }

  /** [pathway, number of the interactions there] of some proteins together, the fullest first. */
  function pathways(numbers) {
    const found = new Map();
    for (const n of numbers) {
      const flat = columns.in[n];
      for (let at = 0; at < flat.length; at += 2) found.set(flat[at], (found.get(flat[at]) ?? 0) + flat[at + 1]);
    }
    return [...found].sort(([i, x], [j, y]) => y - x || i - j);
  }

  /** Flag in `found` the pathways of every protein that a word means. */
  function flag(word, found) {
    const sought = soughtOf(word);
    for (const n of holding(word)) {
      if (!answers(text[n], sought)) continue;
      const flat = columns.in[n];
      for (let at = 0; at < flat.length; at += 2) found[flat[at]] = 1;
    }
  }

  return { ...columns, held, bySymbol, meant, pathways, flag };
}
