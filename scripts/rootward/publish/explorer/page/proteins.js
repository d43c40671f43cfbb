// The proteins: what they are called, where they stand, and which of them a search means.

const LISTED = 6; // proteins listed for a search

/** The proteins, all of the run: their columns, and look-ups by name. */
export function proteinsOf(columns) {
  const { symbol, uniprot, called } = columns;
  const bySymbol = new Map();
  symbol.forEach((name, n) => bySymbol.set(name, [...(bySymbol.get(name) ?? []), n]));
  const lower = symbol.map((name) => name.toLowerCase());
  const others = symbol.map((_, n) => [uniprot[n], ...(called[n] ?? [])].filter(Boolean).map((name) => name.toLowerCase()));

  /** The number of interactions of the protein with a symbol. */
  const held = (name) => bySymbol.get(name).reduce((sum, n) => sum + columns.held[n], 0);

  /** How well a word names protein n: 0 its symbol, 1 another name of it, 2 how its symbol begins; else nothing. */
  function rank(n, word) {
    if (lower[n] === word) return 0;
    if (others[n].includes(word)) return 1;
    return lower[n].startsWith(word) ? 2 : undefined;
  }

  /** The proteins that a search means, the likeliest first, those of equals with the most interactions: [n, rank]. */
  function meant(query) {
    const word = query.trim().toLowerCase();
    if (word.length < 2) return [];
    const found = symbol.map((_, n) => [n, rank(n, word)]).filter(([, how]) => how !== undefined);
    found.sort(([m, x], [n, y]) => x - y || held(symbol[n]) - held(symbol[m]) || m - n);
    const first = new Set(); // several accessions of one symbol are one protein to a reader
    return found.filter(([n]) => !first.has(symbol[n]) && first.add(symbol[n])).slice(0, LISTED);
  }

  /** What a protein is called as it was typed, where that is not its symbol. */
  const calledSo = (n, word) => (called[n] ?? []).find((name) => name.toLowerCase() === word.trim().toLowerCase());

  /** [pathway, number of the interactions there] of some proteins together, the fullest first. */
  function pathways(numbers) {
    const found = new Map();
    for (const n of numbers) {
      const flat = columns.in[n];
      for (let at = 0; at < flat.length; at += 2) found.set(flat[at], (found.get(flat[at]) ?? 0) + flat[at + 1]);
    }
    return [...found].sort(([i, x], [j, y]) => y - x || i - j);
  }

  /** Flag in `found` the pathways of every protein that a word names or begins. */
  function flag(word, found) {
    for (let n = 0; n < symbol.length; n += 1) {
      if (rank(n, word) === undefined) continue;
      const flat = columns.in[n];
      for (let at = 0; at < flat.length; at += 2) found[flat[at]] = 1;
    }
  }

  return { ...columns, held, bySymbol, meant, calledSo, pathways, flag };
}
