// Which pathways the search and the filters leave.

/** The words of a search. */
export const words = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

/**
 * A function from what is shown to {active, hit, shown, hits}: `hit` flags the pathways that match, `shown` also those
 * above them. `proteins` and `placed` may come later (`filter.placed = …`): proteins, publications and statements are found
 * from then on.
 */
export function filterOf(tree) {
  const text = tree.name.map((name, i) =>
    [name, `rw:${tree.id[i]}`, ...(tree.aliases[i] ?? []), ...(tree.xrefs[i] ?? [])].join("\n").toLowerCase(),
  );

  let statements;

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
    if (filter.proteins && word.length > 1) filter.proteins.flag(word, found);
    if (filter.placed && word.length > 1) withInteractions(word, found);
    return found;
  }

  // Pathways with an interaction that the word means: by its id, a publication or a word of its statement.
  function withInteractions(word, found) {
    const { placed, id, statement, evidence } = filter.placed;
    statements ??= statement.map((text) => text.toLowerCase());
    const isNumber = /^\d{4,}$/.test(word);
    const says = (at) =>
      isNumber
        ? evidence[at].some(([, pmid]) => pmid === word)
        : (word.length > 2 && statements[at].includes(word)) || id[at].toLowerCase() === word;
    const hits = new Uint8Array(id.length);
    for (let at = 0; at < id.length; at += 1) {
      hits[at] = says(at) ? 1 : 0;
    }
    placed.interaction.forEach((at, n) => {
      if (hits[at]) found[placed.pathway[n]] = 1;
    });
  }

  /** Of the pathways that match, the one that is most likely meant: its name or alias exact, then how it begins, then
   * a word of it, then any part; of equals the one that holds most. */
  filter.best = (query, hit) => {
    const sought = query.trim().toLowerCase();
    const rank = (i) => {
      const names = [tree.name[i], ...(tree.aliases[i] ?? [])].map((name) => name.toLowerCase());
      if (names.includes(sought)) return 0;
      if (names.some((name) => name.startsWith(sought))) return 1;
      if (names.some((name) => ` ${name}`.includes(` ${sought}`))) return 2;
      return names.some((name) => name.includes(sought)) ? 3 : 4;
    };
    let best;
    for (let i = 0; i < tree.n; i += 1) {
      if (!hit[i]) continue;
      const found = [rank(i), -tree.total[i], i];
      if (!best || found.some((value, n) => value < best[n] && found.slice(0, n).every((v, m) => v === best[m]))) {
        best = found;
      }
    }
    return best && { i: best[2], isExact: best[0] === 0 };
  };

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
