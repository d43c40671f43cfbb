"""Identifiers: the database a name is from, recognised by its prefix or form."""

import re
from typing import NamedTuple

ACCESSION = re.compile(
    r"(?P<base>[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9](?:[A-Z][A-Z0-9]{2}[0-9]){1,2})"
    r"(?:[-.]\d+|[-:]?PRO_\d+|;PRO_\d+)?",
    re.IGNORECASE,
)
_PREFIXED = re.compile(r"([A-Za-z][A-Za-z0-9 _./-]{1,24}):\s*(\S.*)")
# Prefixes as Bioregistry, PSI-MITAB and the databases themselves write them.
_SPACES = {
    "uniprot": "uniprotkb uniprot up uniprotkb/swiss-prot uniprotkb/trembl swissprot swiss-prot sp tr",
    "symbol": "symbol gene gene_symbol hgnc_symbol hgnc.symbol genesymbol genename gene_name",
    "hgnc": "hgnc",
    "entrez": "entrez ncbigene ncbi_gene geneid entrezgene entrez_gene egid entrez_gene/locuslink locuslink hsa",
    "ensembl": "ensembl ensg ensemblgene ensembl_gene",
    "refseq": "refseq ref refseq_peptide",
    "chemical": "cpd dr gl chebi chembl pubchem pubchem.compound cid drugbank hmdb cas kegg.compound chemical compound",
    "family": "ko fplx famplex family signor-pf signor-fp interpro pfam ec ec-code",
    "complex": "complex signor-c complexportal corum",
    "other": """path mirbase mir rnacentral go mesh doid mondo reactome signor-ph signor-st phenotype rfam omim hp
        uberon""",
    "foreign": """vgnc mgi rgd sgd flybase fb wb wormbase zfin pombase tair mmu rno sce dme cel dre ath eco xla gga bta
        ssc""",
}
_SPACE_OF = {prefix: space for space, prefixes in _SPACES.items() for prefix in prefixes.split()}
_ADDRESS = re.compile(r"https?://\S*?/([A-Za-z.]+)[/:]((?:HGNC:)?[A-Za-z0-9_.-]+)(?:/(?:entry)?)?")
_FASTA = re.compile(r"(?:sp|tr|ref|gi\|\d+\|ref|up)\|([A-Za-z0-9_.-]+)(?:\|.*)?", re.IGNORECASE)
_ENTRY = re.compile(r"([A-Z0-9]{1,10})_([A-Z0-9]{3,5})")
_ENSEMBL = re.compile(r"(?:9606\.)?ENS([A-Z]{3})?(FM|GT|E|G|P|R|T)(\d{11})(?:\.\d+)?", re.IGNORECASE)
_REFSEQ = re.compile(r"(?:[NX][MPR]|[AY]P|N[CGTW])_\d{5,9}(?:\.\d+)?", re.IGNORECASE)
_STRING = re.compile(r"(\d{2,7})\.(?=[A-Za-z])(\S+)")
_MICRO_RNA = re.compile(r"(?:(?:hsa|mmu|rno)[- ])?(?:miR|mir|MIR|miRNA|let|LET|MIRLET)-?\d+[A-Za-z0-9*-]*")
_OTHER = (
    (re.compile(r"CPX-\d+|SIGNOR-C\d+", re.IGNORECASE), "complex"),
    (re.compile(r"SIGNOR-(?:PF|FP)\d+", re.IGNORECASE), "family"),
    (
        re.compile(r"SIGNOR-(?:PH|ST)\d+|R-[A-Z]{3}-\d+|URS[0-9A-F]{10}(?:_\d+)?|MI(?:MAT)?\d{7}", re.IGNORECASE),
        "other",
    ),
    (
        re.compile(r"H(?:2A|2B|2AX|3|4)[KRSTY]\d{1,3}(?:me|ac|ph|ub|cr)\d?", re.IGNORECASE),
        "other",
    ),  # a mark of a histone
    # Genes of fly, worm, yeast, thale cress and zebrafish.
    (
        re.compile(r"FBgn\d{7}|WBGene\d{8}|Y[A-P][LR]\d{3}[WC](?:-[A-Z])?|AT[1-5CM]G\d{5}|ZDB-GENE-\d+-\d+"),
        "foreign",
    ),
    (re.compile(r"DB\d{5}|CHEMBL\d+|HMDB\d{5,7}|CID\d+", re.IGNORECASE), "chemical"),
)
# UniProt's most common mnemonics of species (from speclist.txt), which end the entry names.
_SPECIES = frozenset(
    re.findall(
        r"\w+",
        """MOUSE RAT YEAST SCHPO DROME CAEEL DANRE ARATH ECOLI BOVIN PIG CHICK XENLA XENTR RABIT CANLF FELCA HORSE SHEEP
        MACMU PANTR GORGO PONAB CRIGR CAVPO MESAU DICDI PLAF7 MYCTU BACSU HHV1 HIV1 SARS2 ORYSJ TAKRU""",
    )
)


class Identifier(NamedTuple):
    """A database's identifier. space: uniprot, symbol, hgnc, entrez, ensembl, refseq, entry, chemical, family, complex,
    other, foreign for another species, or nothing for a prefix without a value.
    """

    space: str
    value: str


def parsed(name: str) -> Identifier | None:
    """The identifier in a name (plain, see `spelling`), or None if it is only a name."""
    if found := _FASTA.fullmatch(name):
        return parsed(found[1]) or Identifier("uniprot", found[1])
    if (found := _ADDRESS.fullmatch(name)) and (known := parsed(found[2]) or _prefixed(found[1], found[2])):
        return known
    if found := _PREFIXED.fullmatch(name):
        return _prefixed(found[1], found[2])
    if name.endswith(":") and _SPACE_OF.get(name[:-1].casefold()):
        return Identifier("nothing", name)
    if found := _STRING.fullmatch(name):
        return (parsed(found[2]) or Identifier("symbol", found[2])) if found[1] == "9606" else _foreign(name)
    if found := _ENSEMBL.fullmatch(name):
        return _foreign(name) if found[1] else _ensembl(found[2].upper(), found[3])
    if _REFSEQ.fullmatch(name):
        return Identifier("refseq", name.upper().partition(".")[0])
    if found := _ENTRY.fullmatch(name.upper()):
        if found[2] == "HUMAN":
            return Identifier("entry", found[1])
        if found[2] in _SPECIES:
            return _foreign(name)
    if _MICRO_RNA.fullmatch(name):
        return Identifier("other", "micro RNA")
    return next((Identifier(space, name) for form, space in _OTHER if form.fullmatch(name)), None)


def _prefixed(prefix: str, value: str) -> Identifier | None:
    if value.casefold().startswith(f"{prefix.casefold()}:"):
        return _prefixed(prefix, value[len(prefix) + 1 :])  # HGNC:HGNC:11998
    folded = re.sub(r"[ _]+", "_", prefix.strip().casefold())
    space = _SPACE_OF.get(folded)
    if folded == "gene" and value.isdigit():
        return Identifier("entrez", value)
    if space in ("entrez", "hgnc") and not value.isdigit():
        return None if re.search(r"[\s:]", value) else Identifier("symbol", value)  # `hgnc:TP53`, `gene:TP53`
    if space == "refseq":
        return Identifier(space, value.upper().partition(".")[0])
    if space == "ensembl":
        found = _ENSEMBL.fullmatch(value)
        return (_foreign(value) if found[1] else _ensembl(found[2].upper(), found[3])) if found else None
    return Identifier(space, value) if space else None


def _ensembl(part: str, number: str) -> Identifier:
    return Identifier("ensembl" if part == "G" else "ensembl product", f"ENS{part}{number}")


def _foreign(name: str) -> Identifier:
    return Identifier("foreign", name)
