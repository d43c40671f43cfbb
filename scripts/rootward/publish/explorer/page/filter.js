// Which pathways the search and the filters leave.

/** The words of a search. */
export const words = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

/**
 * A function from what is shown to {active, hit, shown, hits}: `hit` flags the pathways that match, `shown` also those
 * above them. `placed` may come later (`filter.placed = …`): proteins are found from then on.
 */
export function filterOf(tree) {
  const text = tree.name.map((name, i) =>
    [name, `rw:${tree.id[i]}`, ...(tree.aliases[i] ?? []), ...(tree.xrefs[i] ?? [])].join("\n").toLowerCase(),
  );

  function filter(state) {
    const sought = words(state.q);
    const hit = new Uint8Array(tree.n).fill(1);
    for (const word of sought) keep(hit, matching(word));
    if (state.origin.length) keepWords(hit, tree.origin, tree.words.origin, state.origin);
    if (state.method.length) keepWords(hit, tree.method, tree.words.method, state.method);
    if (state.sure > 0 || state.verdict.length) keep(hit, holding(state));
    const active = sought.length > 0 || narrowed(state);
    return { active, hit, shown: active ? withAbove(hit) : hit, hits: hit.reduce((sum, flag) => sum + flag, 0) };
  }

  function matching(word) {
    const found = new Uint8Array(tree.n);
    for (let i = 0; i < tree.n; i += 1) if (text[i].includes(word)) found[i] = 1;
    if (filter.placed && word.length > 1) withProtein(word, found);
    return found;
  }

  function withProtein(word, found) {
    const { words: named, placed, a, b, given } = filter.placed;
    const sought = named.protein.map(
      ([symbol, accession]) => symbol.toLowerCase().startsWith(word) || accession.toLowerCase() === word,
    );
    const calledSo = (end) => Object.entries(given[end]).filter(([, name]) => name.toLowerCase().startsWith(word));
    const called = new Set([...calledSo("a"), ...calledSo("b")].map(([at]) => Number(at)));
    if (!sought.includes(true) && !called.size) return;
    placed.interaction.forEach((at, n) => {
      if (sought[a[at]] || sought[b[at]] || called.has(at)) found[placed.pathway[n]] = 1;
    });
  }

  // Pathways with an interaction that is sure enough and has one of the verdicts.
  function holding(state) {
    const found = new Uint8Array(tree.n);
    for (const [pathway, verdict, sure] of tree.surest) {
      if (sure >= state.sure && (!state.verdict.length || state.verdict.includes(tree.words.verdict[verdict]))) {
        found[pathway] = 1;
      }
    }
    return found;
  }

  function withAbove(hit) {
    const shown = Uint8Array.from(hit);
    for (let i = tree.n - 1; i >= 0; i -= 1) if (shown[i] && tree.parent[i] >= 0) shown[tree.parent[i]] = 1;
    return shown;
  }

  return filter;
}

/** Whether any filter beside the search is set; how many. */
export const narrowed = (state) =>
  state.origin.length + state.method.length + state.verdict.length + (state.sure > 0 ? 1 : 0);

function keep(flags, others) {
  for (let i = 0; i < flags.length; i += 1) flags[i] &= others[i];
}

function keepWords(flags, column, names, chosen) {
  const wanted = names.map((name) => chosen.includes(name));
  for (let i = 0; i < flags.length; i += 1) if (!wanted[column[i]]) flags[i] = 0;
}
