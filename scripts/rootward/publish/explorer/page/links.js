// Links: to other views of the page, and to where identifiers lead.
//
// Only what looks like an identifier becomes a link; everything else stays text.
import { el } from "./dom.js";
import { address, show } from "./state.js";

const SITES = {
  reactome: (id) => `https://reactome.org/content/detail/${id}`,
  go: (id) => `https://amigo.geneontology.org/amigo/term/GO:${id.replace(/^GO:/i, "")}`,
  kegg: (id) => `https://www.kegg.jp/entry/${id}`,
  wikipathways: (id) => `https://www.wikipathways.org/pathways/${id}.html`,
};

function outward(address, text, title) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", title }, text);
}

/** An article of PubMed. */
export function pubmed(id) {
  return /^\d{1,9}$/.test(id) ? outward(`https://pubmed.ncbi.nlm.nih.gov/${id}/`, `PubMed ${id}`) : id;
}

/** A protein at UniProt, by its accession when it has one. */
export function protein([symbol, accession], shown = symbol) {
  if (!/^[A-Z0-9]{6,10}(-\d+)?$/.test(accession)) return el("span", { title: "not identified" }, shown);
  return outward(`https://www.uniprot.org/uniprotkb/${accession}/entry`, shown, `${symbol}: UniProt ${accession}`);
}

/** A cross-reference or call id, `database:accession`. */
export function reference(text) {
  const [, database, id] = /^([a-z][\w.]*):([\w.:-]+)$/i.exec(text) ?? [];
  if (!database) return el("code", {}, text);
  const site = SITES[database.toLowerCase()] ?? ((accession) => `https://identifiers.org/${database}:${accession}`);
  return outward(site(id), text);
}

/** A link to another view. It has a real address, so that it opens in a new tab too. */
function inward(changes, attributes, ...children) {
  const follow = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(changes);
  };
  return el("a", { href: address(changes), onclick: follow, ...attributes }, ...children);
}

/** A link to the page of a protein. */
export const proteinLink = (symbol, ...children) => inward({ p: `protein:${symbol}` }, { class: "to-protein" }, ...children);

/** On a narrow screen, the way from a panel to the tree. */
export const backToTree = () => inward({ p: "" }, { class: "back" }, "‹ Tree");

/** A link to a pathway. */
export function pathwayLink(tree, i, extra = null) {
  const dot = el("span", { class: "dot", "aria-hidden": "true" });
  const link = inward({ p: `RW:${tree.id[i]}` }, { class: "to" }, dot, tree.name[i], extra);
  link.style.setProperty("--hue", tree.hue(i));
  return link;
}
