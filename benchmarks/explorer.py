"""How soon the explorer is of use, how fast it searches, and how large it is: `python benchmarks/explorer.py PAGE`.

PAGE is the explorer.html of a run; the bars are for one of 100,000 rows (`benchmarks/scale.py` makes such rows). Every
figure is the median of five, in a headless Chromium; a search is timed until the page is laid out again.
"""

import sys
from pathlib import Path
from statistics import median

from bars import Bars

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from browser.webdriver import Browser

TIMES = 5
# Symbols, synonyms, names, a word in most statements, single letters, a publication, nothing at all.
SOUGHT = (
    "SQSTM1",
    "p62",
    "Parkin",
    "LC3",
    "mTOR",
    "kinase",
    "signaling by",
    "regulation",
    "of",
    "s",
    "a",
    "1",
    "10000123",
)
SEARCH = """
    const {show} = modules.state;
    show({q: ""});
    document.body.offsetHeight;
    const begun = performance.now();
    show({q: arguments[0]});
    document.body.offsetHeight;
    return performance.now() - begun;
"""


def main(path: Path) -> None:
    """Print the figures beside their bars; exit code 1 when one is missed."""
    bars = Bars()
    bars.most("size", path.stat().st_size / 1e6, bar=6.0, unit="MB")
    with Browser() as page:
        page.screen(1440, 900)
        bars.most("usable after", median(page.open(path, ready="tree") for _ in range(TIMES)), bar=2.0, unit="s")
        bars.most("all unpacked after", median(page.open(path) for _ in range(TIMES)), bar=2.0, unit="s")
        for words in SOUGHT:
            bars.most(f"search: {words}", median(page.run(SEARCH, words) for _ in range(TIMES)), bar=100.0, unit="ms")
    bars.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    main(Path(sys.argv[1]))
