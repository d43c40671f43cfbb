"""The pictures of a run: the tree, depth and size, confidence, and what each step cost."""

from collections import Counter
from collections.abc import Mapping, Sequence

from rootward.publish.order import by_parent
from rootward.publish.report.scene import INK, LINE, MUTED, Scene, hue, shortened
from rootward.tables import Row

GOLDEN = 137.508  # degrees between the hues of neighbouring roots, as in the explorer
LEVELS = 6  # columns of the tree's picture
FLATTEST = 1.0  # pixels: flatter cells are left out
ORIGINS = {"root": "#18201c", "climbed": hue(155, 0.6, chroma=0.12), "leaf": hue(155, 0.82, chroma=0.1)}
ORIGINS |= {"intermediate": hue(75, 0.75, chroma=0.12), "sibling": hue(265, 0.78, chroma=0.08)}
METHODS = {
    "model": hue(295, 0.62, chroma=0.13),
    "reference": hue(155, 0.62, chroma=0.12),
    "fallback": hue(70, 0.72, chroma=0.14),
}
METHODS |= {"config": "#7b8880", "curated": hue(235, 0.6, chroma=0.14)}


def tree(rows: Sequence[Row]) -> Scene:
    """An icicle: a column per level, every pathway as tall as the interactions at or below it."""
    below = by_parent(list(rows))
    roots = [root for root in below.get(None, []) if root["n_total"]]
    levels = 1 + min(LEVELS - 1, max((row["level"] for row in rows), default=0))
    width, height, top = 1400, 860, 34
    scene = Scene(width, height, description=f"The tree of {len(rows)} pathways, sized by their interactions")
    scale = (height - top - 10) / (sum(root["n_total"] for root in roots) or 1)
    column = (width - 20) / levels
    for level in range(levels):
        scene.text(13 + level * column, 22, words="roots" if level == 0 else f"level {level}", fill=MUTED)
    waiting, y = [], float(top)
    for n, root in enumerate(roots):
        waiting.append((root, y, (155 + n * GOLDEN) % 360))
        y += root["n_total"] * scale
    while waiting:
        row, y, degrees = waiting.pop()
        _cell(
            scene, row, where=(10 + row["level"] * column, y, column - 2, row["n_total"] * scale - 1), degrees=degrees
        )
        for child in below.get(row["pathway_id"], ()) if row["level"] + 1 < levels else ():
            if child["n_total"] * scale >= FLATTEST:
                waiting.append((child, y, degrees))
            y += child["n_total"] * scale
    return scene


def _cell(scene: Scene, row: Row, where: tuple[float, float, float, float], degrees: float) -> None:
    x, y, width, height = where
    fill = hue(degrees, min(0.95, 0.84 + 0.02 * row["level"]), chroma=0.08)
    scene.rect(
        x, y, width=width, height=max(0.5, height), fill=fill, title=f"{row['name']}: {row['n_total']} interactions"
    )
    if height >= 12:
        size = 12 if height >= 15 else 10
        count = f"{row['n_total']}"
        name = shortened(row["name"], width - 22 - 7 * len(count), size=size)
        baseline = y + (height + size * 0.72) / 2 if height < 34 else y + size + 6
        scene.text(x + 6, baseline, words=name, size=size)
        scene.text(x + width - 6, baseline, words=count, size=size, fill=MUTED, anchor="end")


def sizes(rows: Sequence[Row]) -> Scene:
    """Two histograms: pathways per level, and pathways by the number of interactions at or below them."""
    scene = Scene(1120, 420, description="How deep the tree is, and how large its pathways are")
    levels = range(1 + max((row["level"] for row in rows), default=0))
    per_level = [Counter(row["origin"] for row in rows if row["level"] == level) for level in levels]
    _histogram(
        scene,
        (50, 60, 480, 290),
        title="Pathways per level",
        labels=[str(level) for level in levels],
        stacks=per_level,
        fills=ORIGINS,
    )
    bins = Counter((row["n_total"].bit_length(), row["origin"]) for row in rows)
    most = max((size for size, _ in bins), default=0)
    labels = ["0", "1", *(f"{2 ** (b - 1)}–{2**b - 1}" for b in range(2, most + 1))][: most + 1]
    stacks = [Counter({origin: bins[size, origin] for origin in ORIGINS}) for size in range(most + 1)]
    _histogram(
        scene,
        (610, 60, 480, 290),
        title="Pathways by interactions at or below",
        labels=labels,
        stacks=stacks,
        fills=ORIGINS,
    )
    _legend(
        scene, 50, y=405, fills={origin: fill for origin, fill in ORIGINS.items() if any(s[origin] for s in per_level)}
    )
    return scene


def confidence(placed: Mapping[tuple[int, str], int]) -> Scene:
    """A histogram of the placements' confidence. placed: (twentieth 0–19, who decided) -> placements."""
    scene = Scene(1120, 420, description="Confidence of the placements")
    stacks = [Counter({who: placed.get((n, who), 0) for who in METHODS}) for n in range(20)]
    labels = [f"{n / 20:.2f}" if n % 2 == 0 else "" for n in range(20)]
    _histogram(
        scene, (60, 60, 1020, 290), title="Placements by confidence", labels=labels, stacks=stacks, fills=METHODS
    )
    _legend(scene, 60, y=405, fills={who: fill for who, fill in METHODS.items() if any(stack[who] for stack in stacks)})
    return scene


def cost(asked: Mapping[str, Mapping[str, int]], paid: Mapping[str, Mapping[str, float]]) -> Scene:
    """Bars per kind of question: its number, split into cached and asked ones; above them, the cost per model. The
    arguments are those of `ledgers.Ledgers`.
    """
    scene = Scene(1120, 96 + 34 * max(1, len(asked)), description="What each step asked and cost")
    bills = [f"{model}: {numbers['calls']:,} calls, US$ {numbers['dollars']:,.2f}" for model, numbers in paid.items()]
    scene.text(30, 34, words=f"Questions per step; {'; '.join(bills) or 'no call was paid for'}", size=15)
    most = max((numbers.get("questions", 0) for numbers in asked.values()), default=0) or 1
    for n, (step, numbers) in enumerate(asked.items()):
        y = 58 + 34 * n
        questions, hits = numbers.get("questions", 0), numbers.get("hits", 0)
        scene.text(200, y + 15, words=step.replace("_", " "), size=12.5, anchor="end")
        scene.rect(
            214, y, width=640 * questions / most, height=21, fill=METHODS["reference"], title=f"{questions:g} questions"
        )
        scene.rect(214, y, width=640 * hits / most, height=21, fill=LINE, title=f"{hits:g} answered by the cache")
        words = [
            f"{questions:,}",
            f"{numbers['calls']:,} calls" if numbers.get("calls") else "",
            f"{numbers['failures']:,} failed" if numbers.get("failures") else "",
        ]
        scene.text(222 + 640 * questions / most, y + 15, words="  ".join(filter(None, words)), size=12.5, fill=MUTED)
    _legend(scene, 214, y=scene.height - 14, fills={"asked": METHODS["reference"], "answered by the cache": LINE})
    return scene


def _histogram(
    scene: Scene,
    box: tuple[float, float, float, float],
    title: str,
    labels: Sequence[str],
    stacks: Sequence[Mapping[str, int]],
    fills: Mapping[str, str],
) -> None:
    x, y, width, height = box
    scene.text(x, y - 26, words=title, size=15)
    most = max((sum(stack.values()) for stack in stacks), default=0) or 1
    for tick in _ticks(most):
        at = y + height - height * tick / most
        scene.rect(x, at, width=width, height=1, fill=LINE)
        scene.text(x - 7, at + 4, words=f"{tick:,}", size=11, fill=MUTED, anchor="end")
    step = width / max(1, len(stacks))
    for n, (label, stack) in enumerate(zip(labels, stacks, strict=True)):
        left, bottom = x + n * step + step * 0.12, y + height
        for word, fill in fills.items():
            tall = height * stack.get(word, 0) / most
            if tall:
                bottom -= tall
                scene.rect(
                    left, bottom, width=step * 0.76, height=tall, fill=fill, title=f"{label} {word}: {stack[word]}"
                )
        scene.text(
            left + step * 0.38,
            y + height + 18,
            words=shortened(label, step + 8, size=11),
            size=11,
            fill=MUTED,
            anchor="middle",
        )
    scene.rect(x, y + height, width=width, height=1, fill=INK)


def _ticks(most: int) -> list[int]:
    step = next(s * 10**e for e in range(12) for s in (1, 2, 5) if most / (s * 10**e) <= 5)
    return list(range(step, most + 1, step))


def _legend(scene: Scene, x: float, y: float, fills: Mapping[str, str]) -> None:
    from rootward.publish.report.scene import width_of

    for word, fill in fills.items():
        scene.rect(x, y - 10, width=12, height=12, fill=fill)
        scene.text(x + 18, y, words=word, size=12, fill=MUTED)
        x += 44 + width_of(word, 12)
