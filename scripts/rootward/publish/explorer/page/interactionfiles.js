// The interactions and genes in view as files.
import { csv, fileName, saveButtons, saveText } from "./saving.js";

// Column of the file -> its value for placement n of interaction `at`.
const COLUMNS = {
  interaction_id: ({ placed, at }) => placed.id[at],
  pathway_id: ({ tree, pathway }) => `RW:${tree.id[pathway]}`,
  pathway: ({ tree, pathway }) => tree.name[pathway],
  protein_a: ({ placed, at }) => placed.words.protein[placed.a[at]][0],
  uniprot_a: ({ placed, at }) => placed.words.protein[placed.a[at]][1],
  given_a: ({ placed, at }) => placed.given.a[at],
  effect: ({ placed, at }) => placed.words.effect[placed.effect[at]],
  mechanism: ({ placed, at }) => placed.words.mechanism[placed.mechanism[at]],
  protein_b: ({ placed, at }) => placed.words.protein[placed.b[at]][0],
  uniprot_b: ({ placed, at }) => placed.words.protein[placed.b[at]][1],
  given_b: ({ placed, at }) => placed.given.b[at],
  confidence: ({ placed, n }) => placed.placed.confidence[n],
  method: ({ placed, n }) => placed.words.method[placed.placed.method[n]],
  reasoning: ({ placed, n }) => placed.placed.reasoning[n],
  verdict: ({ tree, placed, n }) => tree.words.verdict[placed.placed.verdict[n]],
  statement: ({ placed, at }) => placed.statement[at],
  pmids: ({ placed, at }) => [...new Set(placed.evidence[at].map(([, pmid]) => pmid).filter(Boolean))].join("|"),
  source: ({ placed, at }) => placed.source[at],
};

/** Some placements (numbers) as CSV, in their order. */
export function interactionsCsv(tree, placed, placements) {
  const row = (n) => {
    const one = { tree, placed, n, at: placed.placed.interaction[n], pathway: placed.placed.pathway[n] };
    return Object.values(COLUMNS).map((value) => value(one));
  };
  return csv([Object.keys(COLUMNS), ...placements.map(row)]);
}

/** The symbols in some placements, each once, one a line. */
export function genesText(placed, placements) {
  const ends = placements.flatMap((n) => [placed.a, placed.b].map((end) => end[placed.placed.interaction[n]]));
  return lines(ends.map((protein) => placed.words.protein[protein][0]));
}

const lines = (symbols) => [...new Set(symbols)].sort().map((symbol) => `${symbol}\n`).join("");

/** The symbols that stand at a pathway or, `isBelow`, also below it: of all its interactions, carried or not. */
export function genesAt(tree, proteins, i, isBelow) {
  const last = isBelow ? tree.end[i] : i + 1;
  const stands = (n) => proteins.in[n].some((at, place) => place % 2 === 0 && at >= i && at < last);
  return lines(proteins.symbol.filter((_, n) => stands(n)));
}

/** Buttons that save the rows in view. `rows()`: the placements; `genes()`: the text of genes; name: what they are of. */
export function tableButtons(tree, placed, { rows, genes, name }) {
  return saveButtons("what is listed", {
    Genes: () => saveText(`genes-${fileName(name)}.txt`, genes()),
    CSV: () => saveText(`interactions-${fileName(name)}.csv`, interactionsCsv(tree, placed, rows()), "text/csv"),
  });
}
