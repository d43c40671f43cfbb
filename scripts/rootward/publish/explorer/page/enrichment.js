// A list of genes against the pathways: which genes are meant, and in which pathways they are more than chance would put there.
//
// A gene is an approved symbol, with all its accessions together; as in pathways.gmt, what is no approved symbol of the
// reference is in no set, a set holds what stands at a pathway and below it, and of pathways with the same genes the
// deepest is tested.

const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680];

/** The natural logarithm of n! for a whole n. */
export function logFactorial(n) {
  if (n < 2) return 0;
  let [x, shift] = [n + 1, 0];
  for (; x < 10; x += 1) shift += Math.log(x); // the series wants a large argument
  const series = STIRLING.reduce((sum, factor, m) => sum + factor / x ** (2 * m + 1), 0);
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

const logChoose = (n, k) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** The chance of k or more out of n drawn, where K of N are of the kind: the hypergeometric upper tail. */
export function upperTail(k, { n, K, N }) {
  if (k <= Math.max(0, n + K - N)) return 1;
  let [sum, term] = [0, 1];
  for (let j = k; j <= Math.min(n, K) && term > sum * 1e-17; j += 1) {
    sum += term;
    term *= ((K - j) / (j + 1)) * ((n - j) / (N - K - n + j + 1));
  }
  return Math.min(1, Math.exp(logChoose(K, k) + logChoose(N - K, n - k) - logChoose(N, n) + Math.log(sum)));
}

/** P values adjusted by Benjamini and Hochberg, in the order given. */
export function adjusted(values) {
  const order = values.map((_, at) => at).sort((x, y) => values[y] - values[x]);
  const found = new Array(values.length);
  let least = 1;
  order.forEach((at, above) => {
    least = Math.min(least, (values[at] * values.length) / (values.length - above));
    found[at] = least;
  });
  return found;
}

/** The genes of the run and of the reference: look-ups by name, and the gene sets of the pathways. `known`: the block. */
export function genesOf(tree, proteins, known) {
  const strange = new Set(known.strange);
  const symbols = [...proteins.bySymbol.keys()];
  const tested = symbols.filter((symbol) => proteins.bySymbol.get(symbol).some((n) => !strange.has(n)));
  const isTested = new Set(tested);
  const others = new Set(known.others ? known.others.split("|") : []);
  const byName = namesOf(proteins, others);
  const sets = setsOf(tree, proteins, tested);

  /** What a text names: symbols of the run, of the reference only, and what names no gene or more than one. */
  function recognised(text) {
    const found = { here: new Set(), elsewhere: new Set(), ambiguous: new Map(), unknown: new Set() };
    for (const [name, symbol] of meantBy(text, byName)) {
      if (!symbol) found.unknown.add(name);
      else if (symbol.size > 1) found.ambiguous.set(name, [...symbol]);
      else for (const one of symbol) (proteins.bySymbol.has(one) ? found.here : found.elsewhere).add(one);
    }
    return found;
  }

  /** How many genes of a list each pathway holds. */
  const lit = (list) => countsOf(tree, proteins, [...list]);

  /** The tested pathways with what came of it, the least p first. background: "input" or "reference". */
  function overRepresented({ here, elsewhere }, background) {
    const listed = [...here].filter((symbol) => isTested.has(symbol));
    const isReference = background === "reference";
    const N = isReference ? known.reference : tested.length;
    const n = listed.length + (isReference ? elsewhere.size : 0);
    const counts = countsOf(tree, proteins, listed);
    const rows = sets.deepest
      .filter((i) => counts[i])
      .map((i) => {
        const [k, K] = [counts[i], sets.size[i]];
        return { i, k, K, fold: (k * N) / (n * K), p: upperTail(k, { n, K, N }), twins: sets.twins.get(i) };
      });
    adjusted(rows.map((row) => row.p)).forEach((value, at) => {
      rows[at].adjusted = value;
    });
    return { n, N, rows: rows.sort((x, y) => x.p - y.p || y.fold - x.fold || x.i - y.i) };
  }

  return { recognised, lit, overRepresented, reference: known.reference, isTested };
}

// Lower-case name -> the symbols it may mean. A symbol means itself, whatever else is also called so; so does an accession.
function namesOf(proteins, others) {
  const [first, second] = [new Map(), new Map()];
  const add = (map, name, symbol) => map.set(name.toLowerCase(), (map.get(name.toLowerCase()) ?? new Set()).add(symbol));
  for (const symbol of others) add(first, symbol, symbol);
  proteins.symbol.forEach((symbol, n) => {
    add(first, symbol, symbol);
    if (proteins.uniprot[n]) add(second, proteins.uniprot[n], symbol);
    for (const name of proteins.called[n] ?? []) add(second, name, symbol);
  });
  return (name) => first.get(name.toLowerCase()) ?? second.get(name.toLowerCase());
}

// [name, symbols or nothing] of what a text names. A name may have a space in it: only what is unknown as a whole is split there.
function meantBy(text, byName) {
  const clean = (name) => name.trim().replace(/^(?:["'`(]+|UniProt(?:KB)?:)+|["'`).]+$/gi, "");
  const look = (name) => byName(name) ?? byName(name.replace(/-\d+$/, "")); // an isoform is of its protein
  const pieces = text.split(/[\n\r\t,;|]+/).map(clean).filter(Boolean);
  return pieces.flatMap((piece) => {
    const words = byName(piece) ? [piece] : piece.split(/[\s/]+/).map(clean).filter(Boolean);
    return words.map((word) => [word, look(word)]);
  });
}

// Every pathway that holds a gene at itself or below it, once for each gene.
function eachHolding(tree, proteins, symbols, step) {
  const seen = new Int32Array(tree.n).fill(-1);
  symbols.forEach((symbol, gene) => {
    for (const [place] of proteins.pathways(proteins.bySymbol.get(symbol) ?? [])) {
      for (let i = place; i >= 0 && seen[i] !== gene; i = tree.parent[i]) {
        seen[i] = gene;
        step(i, gene);
      }
    }
  });
}

function countsOf(tree, proteins, symbols) {
  const counts = new Int32Array(tree.n);
  eachHolding(tree, proteins, symbols, (i) => {
    counts[i] += 1;
  });
  return counts;
}

// The size of every pathway's set; of those with the same genes the deepest, and its twins.
function setsOf(tree, proteins, symbols) {
  const size = new Int32Array(tree.n);
  const print = [new Int32Array(tree.n), new Int32Array(tree.n)]; // of the genes, 64 bits, whatever their order
  eachHolding(tree, proteins, symbols, (i, gene) => {
    size[i] += 1;
    print[0][i] ^= mixed(gene + 1);
    print[1][i] ^= mixed(gene + 0x5bd1e995);
  });
  const same = new Map();
  for (let i = 0; i < tree.n; i += 1) {
    const key = `${size[i]} ${print[0][i]} ${print[1][i]}`;
    if (size[i]) same.set(key, [...(same.get(key) ?? []), i]);
  }
  const twins = new Map();
  const deepest = [...same.values()].map((all) => {
    const chosen = all.reduce((best, i) => (tree.level[i] > tree.level[best] ? i : best));
    twins.set(chosen, all.filter((i) => i !== chosen));
    return chosen;
  });
  return { size, deepest, twins };
}

function mixed(seed) {
  let x = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
}
