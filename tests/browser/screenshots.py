"""Take the pictures of docs/: `screenshots.py results/explorer.html docs`."""

import sys
import time
from pathlib import Path
from urllib.parse import quote

from browser.webdriver import Browser, missing

# A pathway of the example with a network, siblings and evidence worth looking at.
PATHWAY = "Unfolded Protein Response (UPR)"
VIEWS = {
    "explorer-desktop": {"width": 1440, "height": 900},
    "explorer-390": {"width": 390, "height": 844, "touch": True, "scale": 2},
    "explorer-dark": {"width": 1440, "height": 900, "dark": True},
}


def take(page: str | Path, folder: str | Path) -> None:
    """Write one PNG per view into a folder."""
    with Browser() as browser:
        browser.screen(1440, 900)
        browser.open(page, f"#q={quote(PATHWAY)}")
        browser.keys("/", "Enter")
        fragment = browser.run("return '#p=' + new URLSearchParams(location.hash.slice(1)).get('p')")
        for name, screen in VIEWS.items():
            browser.screen(**screen)
            browser.open(page, "" if name == "explorer-dark" else fragment)
            time.sleep(0.6)  # the map's cells glide into place
            browser.screenshot(Path(folder) / f"{name}.png")


if __name__ == "__main__":
    if missing():
        sys.exit(missing())
    Path(sys.argv[2]).mkdir(exist_ok=True)
    take(sys.argv[1], sys.argv[2])
