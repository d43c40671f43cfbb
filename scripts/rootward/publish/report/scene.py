"""Pictures as lists of shapes, written as SVG and PNG from the same list.

Matplotlib could do this, too, but takes 60 MB of installation and half a second of every run; these pictures consist of
rectangles, lines and words. Text is measured with the one font shipped with the workflow, so a picture has the same
bytes on every machine.
"""

import math
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from rootward.files import replacing
from rootward.publish.terminal import plain

if TYPE_CHECKING:
    from PIL import ImageFont

FONT = Path(__file__).resolve().parents[4] / "resources/fonts/DejaVuSans-subset.ttf"
INK, MUTED, LINE, PAPER = "#18201c", "#56635b", "#d5ddd7", "#ffffff"
FAMILY = "'DejaVu Sans', Verdana, sans-serif"


@dataclass(frozen=True, slots=True)
class Rect:
    """A filled rectangle; browsers show `title` when the pointer is on it."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text; `anchor` is where (x, y) is: start, middle or end of the baseline."""

    x: float
    y: float
    words: str
    size: float = 12
    fill: str = INK
    anchor: str = "start"


@dataclass(slots=True)
class Scene:
    """A picture: its size in pixels, a description, and its shapes, later ones on top."""

    width: int
    height: int
    description: str
    shapes: list[Rect | Text] = field(default_factory=list)

    def rect(self, x: float, y: float, width: float, height: float, *, fill: str, title: str = "") -> None:
        """Add a rectangle."""
        self.shapes.append(Rect(x, y, width=width, height=height, fill=fill, title=plain(title)))

    def text(self, x: float, y: float, words: str, size: float = 12, fill: str = INK, anchor: str = "start") -> None:
        """Add words, if there are any."""
        if words:
            self.shapes.append(Text(x, y, words=plain(words), size=size, fill=fill, anchor=anchor))


def svg(scene: Scene) -> str:
    """The picture as SVG."""
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {scene.width} {scene.height}" width="{scene.width}" '
        f'height="{scene.height}" font-family="{FAMILY}" role="img" aria-label={quoteattr(scene.description)}>',
        f'<rect width="{scene.width}" height="{scene.height}" fill="{PAPER}"/>',
    ]
    for shape in scene.shapes:
        if isinstance(shape, Rect):
            size = f'width="{shape.width:.1f}" height="{shape.height:.1f}"'
            inside = f"><title>{escape(shape.title)}</title></rect>" if shape.title else "/>"
            lines.append(f'<rect x="{shape.x:.1f}" y="{shape.y:.1f}" {size} fill="{shape.fill}"{inside}')
        else:
            lines.append(
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="{shape.size:g}" fill="{shape.fill}" '
                f'text-anchor="{shape.anchor}">{escape(shape.words)}</text>'
            )
    return "\n".join([*lines, "</svg>", ""])


def png(scene: Scene, path: str | Path, scale: int = 2) -> None:
    """Write the picture as PNG, `scale` times as large."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (scene.width * scale, scene.height * scale), PAPER)
    draw = ImageDraw.Draw(image)
    for shape in scene.shapes:
        if isinstance(shape, Rect):
            left, top = round(shape.x * scale), round(shape.y * scale)
            right, bottom = round((shape.x + shape.width) * scale) - 1, round((shape.y + shape.height) * scale) - 1
            draw.rectangle((left, top, max(left, right), max(top, bottom)), fill=shape.fill)
        else:
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[shape.anchor]
            at = (shape.x * scale, shape.y * scale)
            draw.text(at, shape.words, fill=shape.fill, font=_font(shape.size * scale), anchor=anchor)
    image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, "PNG")


def write(scene: Scene, svg_path: str | Path, png_path: str | Path) -> None:
    """Write both files, each to a temporary file that is moved into place."""
    for path, step in ((svg_path, _write_svg), (png_path, png)):
        with replacing(path) as temporary:
            step(scene, temporary)


def _write_svg(scene: Scene, path: Path) -> None:
    path.write_text(svg(scene), encoding="utf-8")


@cache
def _font(size: float) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont

    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


@cache
def width_of(words: str, size: float = 12) -> float:
    """The width of a text in pixels."""
    return _font(100).getlength(words) * size / 100


def shortened(words: str, room: float, size: float = 12) -> str:
    """The text, or as many letters as fit with an ellipsis; empty if not even three do."""
    if width_of(words, size) <= room:
        return words
    low, high = 0, len(words)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(f"{words[:middle]}…", size) <= room else (low, middle - 1)
    return f"{words[:low].rstrip()}…" if low >= 3 else ""


def hue(degrees: float, lightness: float = 0.86, chroma: float = 0.075) -> str:
    """A colour of OKLCH as #rrggbb, as the explorer shows it (Ottosson 2020, bottosson.github.io/posts/oklab)."""
    a, b = chroma * math.cos(math.radians(degrees)), chroma * math.sin(math.radians(degrees))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, value)))):02x}" for value in linear)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055
