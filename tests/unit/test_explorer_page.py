import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser

import pytest
from rootward.publish.explorer import html as explorer
from rootward.publish.explorer.data import Limits, blocks
from synthetic import HOSTILE, write_run

SOURCES = {path.name: path.read_text(encoding="utf-8") for path in explorer.PAGE.glob("*.js")}


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    return blocks(write_run(tmp_path_factory.mktemp("run"), 60, 80), Limits())


class Elements(HTMLParser):
    """The elements of a page, with the text of its scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [("", {})], {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        tag, attributes = self.found[-1]
        if self.cdata_elem:  # a script or a style
            self.inside[attributes.get("id", f"{tag}{len(self.inside)}")] = data


def test_same_content_same_bytes(content):
    assert explorer.page(content) == explorer.page(json.loads(json.dumps(content)))


def test_nothing_is_loaded_from_anywhere(content):
    for tag, attributes in Elements(explorer.page(content)).found:
        assert tag not in ("link", "img", "iframe", "object", "base")
        assert "src" not in attributes
        assert not attributes.get("href", "#").startswith(("http", "//"))


def test_hostile_text_stays_inside_its_block(content):
    page = explorer.page(content)
    assert HOSTILE not in page and "\\u003cscript" in page
    found = Elements(page)
    assert [tag for tag, _ in found.found].count("script") == 7  # five blocks, the libraries, the program
    assert json.loads(found.inside["data-tree"]) == json.loads(json.dumps(content["tree"]))


def test_the_policy_allows_exactly_what_the_page_runs(content):
    page = explorer.page(content)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    run = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    for text in (*run, *styles):
        assert f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" in policy
    assert policy.count("sha256-") == len(run) + len(styles) == 3
    assert "default-src 'none'" in policy and "unsafe" not in policy


def test_large_blocks_are_deflated():
    block = {"name": [f"a pathway with the number {n}" for n in range(20_000)]}
    page = explorer.page({"tree": block})
    packed = Elements(page).inside["data-tree"]
    assert json.loads(zlib.decompress(base64.b64decode(packed))) == block
    assert len(packed) < len(json.dumps(block)) / 4


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_text_is_never_parsed_as_html(name):
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", SOURCES[name])


def test_every_module_is_in_the_page_once_and_after_what_it_needs():
    assert sorted(f"{name}.js" for name in explorer.MODULES) == sorted(SOURCES)
    exported = {}
    for name in explorer.MODULES:
        source = SOURCES[f"{name}.js"]
        imports = re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', source, re.MULTILINE)
        assert len(imports) == len(re.findall(r"^import\b", source, re.MULTILINE))
        for names, module in imports:
            assert {word.strip() for word in names.split(",")} <= exported[module], (name, module)
        exported[name] = set(re.findall(r"^export (?:async )?(?:function|const) (\w+)", source, re.MULTILINE))


def test_the_libraries_are_those_the_notice_names():
    notice = (explorer.PAGE / "vendor/NOTICE").read_text(encoding="utf-8")
    for name in explorer.VENDOR:
        source = (explorer.PAGE / "vendor" / f"{name}.min.js").read_text(encoding="utf-8")
        version = re.search(r"v(\d+\.\d+\.\d+)", source.splitlines()[0])[1]
        assert f"{name} {version}" in notice
