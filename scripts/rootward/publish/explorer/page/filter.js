// Which pathways the search and the filters leave.
import { haystackOf, nameOf, rankOf, soughtOf, textOf, topOf } from "./ranking.js";

/** The words of a search. */
export const words = (query) => query.toLowerCase().split(/\s+/).filter(Boolean);

/**
 * A function from what is shown to {active, hit, shown, hits}: `hit` flags the pathways that match, `shown` also those
 * above them. `proteins` and `placed` may come later (`filter.placed = …`): proteins, publications and statements are found
 * from then on.
 */
export function filterOf(tree) {
  const names = (i) => [tree.name[i], ...(tree.aliases[i] ?? [])];
  const text = tree.name.map((_, i) => textOf(names(i), [`RW:${tree.id[i]}`, ...(tree.xrefs[i] ?? [])]));

  const named = haystackOf(text);
  let by; // what interactions are looked up by

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
    for (const i of named(word)) found[i] = 1;
    if (filter.proteins && word.length > 1) filter.proteins.flag(word, found);
    if (filter.placed && word.length > 1) withInteractions(word, found);
    return found;
  }

  /** Make what interactions are looked up by; else the first search does. */
  filter.prepare = () => {
    by ??= interactionsBy(filter.placed);
  };

  // Pathways with an interaction that the word means: by its id, a publication or a word of its statement.
  function withInteractions(word, found) {
    filter.prepare();
    const { placed, id } = filter.placed;
    const hits = new Uint8Array(id.length);
    const [, pmid] = /^(?:(?:pmid|pubmed):)?(\d{4,})$/.exec(word) ?? [];
    if (pmid) for (const at of by.article(pmid)) hits[at] = 1;
    else if (word.length > 2) for (const at of by.word(word)) hits[at] = 1;
    const own = by.id.get(word);
    if (own !== undefined) hits[own] = 1;
    placed.interaction.forEach((at, n) => {
      if (hits[at]) found[placed.pathway[n]] = 1;
    });
  }

  /** Of the pathways that match, those whose names answer the search, the likeliest first, then those that hold most:
   * {i, rank, note}. `note`: the alias that was meant. */
  filter.meant = (query, hit, most) => {
    const sought = soughtOf(query);
    const rank = (i) => rankOf(text[i], sought);
    const best = topOf(numbersOf(hit), { rank, size: (i) => tree.total[i], most });
    return best.map((i) => ({ i, rank: rank(i), note: filter.aliasFor(query, i) }));
  };

  /** The alias of a pathway that answers a search better than its name does. */
  filter.aliasFor = (query, i) => tree.aliases[i]?.[nameOf(text[i], soughtOf(query)) - 1];

  /** The pathway that holds most of those that match. */
  filter.fullest = (hit) =>
    hit.reduce((best, flag, i) => (flag && (best === undefined || tree.total[i] > tree.total[best]) ? i : best), undefined);

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

/** What a search looks interactions up by: their ids, the words of their statements, their publications. */
function interactionsBy({ id, statement, evidence }) {
  const articles = new Map();
  evidence.forEach((pieces, at) => {
    for (const [, pmid] of pieces) {
      if (articles.has(pmid)) articles.get(pmid).push(at);
      else articles.set(pmid, [at]);
    }
  });
  return {
    id: new Map(id.map((name, at) => [name.toLowerCase(), at])),
    word: haystackOf(statement.map((text) => text.toLowerCase())),
    article: (pmid) => articles.get(pmid) ?? [],
  };
}

function* numbersOf(flags) {
  for (let n = 0; n < flags.length; n += 1) if (flags[n]) yield n;
}

function keep(flags, others) {
  for (let i = 0; i < flags.length; i += 1) flags[i] &= others[i];
}

function keepWords(flags, column, names, chosen) {
  const wanted = names.map((name) => chosen.includes(name));
  for (let i = 0; i < flags.length; i += 1) if (!wanted[column[i]]) flags[i] = 0;
}
