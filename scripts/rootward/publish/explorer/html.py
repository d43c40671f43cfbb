"""The explorer: one self-contained HTML file, assembled from the readable sources in page/.

There is no build step: the page's modules follow one another in the file, each as a function that returns its exports.
The page's Content-Security-Policy names the hashes of exactly these scripts and of the style, and allows no connection.
So nothing in a name or a statement can run as code, and nothing is loaded from elsewhere.
"""

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rootward.files import write_text

PAGE = Path(__file__).with_name("page")
# In the order of their dependencies.
VENDOR = ("d3-dispatch", "d3-quadtree", "d3-timer", "d3-force", "d3-hierarchy")
MODULES = (
    *("dom", "data", "state", "links", "saving", "ranking", "filter", "proteins", "hits", "enrichment"),
    *("suggestions", "suggest"),
    *("changes", "treepicture", "tree", "chips", "icicle", "network", "interactionfiles", "interactions"),
    *("why", "pathway", "protein", "overview", "genes"),
    *("controls", "main"),
)
STYLES = ("base", "tree", "detail", "pictures", "interactions", "genes", "narrow", "print")
COMPRESS_FROM = 100_000  # bytes of JSON; smaller blocks stay readable as plain text


def page(blocks: Mapping[str, Any]) -> str:
    """The whole page. Its bytes depend only on the blocks and the sources."""
    style = "\n".join((PAGE / f"{name}.css").read_text(encoding="utf-8") for name in STYLES)
    libraries = "\n".join((PAGE / "vendor" / f"{name}.min.js").read_text(encoding="utf-8").strip() for name in VENDOR)
    script = program()
    parts = {
        "POLICY": _policy([libraries, script], style),
        "STYLE": style,
        "DATA": "\n".join(_embedded(name, block) for name, block in blocks.items()),
        "LIBRARIES": libraries,
        "SCRIPT": script,
    }
    for part in ("LIBRARIES", "SCRIPT"):
        if re.search(r"</script|<!--", parts[part], re.IGNORECASE):
            raise ValueError(f"{part}: holds what would end the script element")
    template = (PAGE / "index.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match[1]], template)


def compared(whole: str, block: Any) -> str | None:
    """A page with a block of the changes since an earlier run; None if the page is from a release that cannot
    show it.
    """
    first = re.search(r'<script type="application/[a-z-]+" id="data-tree">', whole)
    if first is None or 'id="changes"' not in whole[: first.start()]:
        return None
    return f"{whole[: first.start()]}{_embedded('compare', block)}\n{whole[first.start() :]}"


def program() -> str:
    """The page's modules as one script. Each keeps its own scope; imports refer to what an earlier module returned."""
    parts = [_module(name, (PAGE / f"{name}.js").read_text(encoding="utf-8")) for name in MODULES]
    return "'use strict';\nconst modules = {};\n" + "\n".join(parts)


def _module(name: str, source: str) -> str:
    exported = re.findall(r"^export (?:async )?(?:function|const) (\w+)", source, re.MULTILINE)
    source = re.sub(r"^export ", "", source, flags=re.MULTILINE)
    source = re.sub(r'^import (\{[^}]*\}) from "\./(\w+)\.js";$', r"const \1 = modules.\2;", source, flags=re.MULTILINE)
    return f"modules.{name} = (() => {{\n{source}return {{ {', '.join(exported)} }};\n}})();\n"


def _policy(scripts: list[str], style: str) -> str:
    def allowed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {' '.join(map(allowed, scripts))}; style-src {allowed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _embedded(name: str, block: Any) -> str:
    """A block as a script element that is never run: JSON, or deflated JSON in base64 when large."""
    text = json.dumps(block, ensure_ascii=False, separators=(",", ":"))
    if len(text) < COMPRESS_FROM:
        harmless = text.replace("<", r"\u003c")  # no name can end the element
        return f'<script type="application/json" id="data-{name}">{harmless}</script>'
    packed = base64.b64encode(zlib.compress(text.encode(), 6)).decode()
    return f'<script type="application/octet-stream" id="data-{name}">{packed}</script>'


def write(blocks: Mapping[str, Any], path: str | Path) -> None:
    """Write the page to a temporary file and move it into place."""
    write_text(path, page(blocks))
