"""Draws docs/learnt_band.svg: the region without trade that is learnt beside the exact one.

    make oracle ARGS="--runs band" > docs/learnt_band.csv && python3 docs/learnt_band.py
"""

import csv
from pathlib import Path

HERE = Path(__file__).parent
WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 60, 130, 36, 50
SIGNALS = (-3.0, 3.0)

STYLE = """
text { font: 13px sans-serif; fill: #222 }
.axis { stroke: #888; fill: none }
.grid { stroke: #ddd; fill: none }
.region { fill: #56b4e9; fill-opacity: 0.25 }
.best { stroke: #0072b2; stroke-width: 2; fill: none }
.learnt { stroke: #d55e00; stroke-width: 2; stroke-dasharray: 6 4; fill: none }
@media (prefers-color-scheme: dark) {
  svg { background: #1b1b1b }
  text { fill: #e6e6e6 }
  .grid { stroke: #3a3a3a }
  .best { stroke: #56b4e9 }
  .learnt { stroke: #f0a060 }
}
"""


def x(signal: float) -> float:
    """Where a signal lies."""
    low, high = SIGNALS
    return LEFT + (signal - low) / (high - low) * (WIDTH - LEFT - RIGHT)


def y(weight: float) -> float:
    """Where a weight lies."""
    return HEIGHT - BOTTOM - weight * (HEIGHT - TOP - BOTTOM)


def line(kind: str, points: "list[tuple[float, float]]") -> str:
    """A line through points (signal, weight)."""
    return f'<polyline class="{kind}" points="{" ".join(f"{x(s):.1f},{y(w):.1f}" for s, w in points)}"/>'


def text(left: float, top: float, words: str, anchor: str = "start") -> str:
    """Words at a place."""
    return f'<text x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}">{words}</text>'


def picture(rows: "list[dict[str, float]]") -> str:
    """The whole picture."""
    curve = {name: [(row["signal"], row[name]) for row in rows] for name in rows[0] if name != "signal"}
    around = curve["best_low"] + curve["best_high"][::-1]
    parts = [f'<polygon class="region" points="{" ".join(f"{x(s):.1f},{y(w):.1f}" for s, w in around)}"/>']
    for tenths in range(0, 11, 2):
        weight = tenths / 10
        parts.append(line("grid", [(SIGNALS[0], weight), (SIGNALS[1], weight)]))
        parts.append(text(LEFT - 8, y(weight) + 4, f"{weight:.1f}", "end"))
    for signal in range(-3, 4):
        parts.append(text(x(signal), HEIGHT - BOTTOM + 20, str(signal), "middle"))
    parts.append(line("axis", [(SIGNALS[0], 1.0), (SIGNALS[0], 0.0), (SIGNALS[1], 0.0)]))
    parts += [line("best", curve[name]) for name in ("best_low", "best_high")]
    parts += [line("learnt", curve[name]) for name in ("learnt_low", "learnt_high")]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(text(middle, HEIGHT - 12, "signal, in its standard deviations", "middle"))
    parts.append(text(LEFT, TOP - 14, "weight of the asset"))
    parts += [text(x(signal), y(0.5), word, "middle") for signal, word in ((-1.8, "sells"), (-0.14, "waits"), (1.8, "buys"))]
    end = WIDTH - RIGHT + 12
    parts.append(f'<path class="best" d="M{end} {TOP + 60}h24"/>' + text(end + 30, TOP + 64, "exact"))
    parts.append(f'<path class="learnt" d="M{end} {TOP + 84}h24"/>' + text(end + 30, TOP + 88, "learnt"))
    title = "The region without trade: learnt and exact, over the signal"
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}">\n'
            f"<title>{title}</title>\n<style>{STYLE}</style>\n" + "\n".join(parts) + "\n</svg>\n")


def main() -> None:
    """Reads the figures and writes the picture."""
    with open(HERE / "learnt_band.csv", encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    (HERE / "learnt_band.svg").write_text(picture(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
