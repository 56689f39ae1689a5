// Draws the page's charts over the still ones: values under the pointer, series that a click on their names takes away and
// brings back, a closer look at the dates that the pointer is dragged over. Without this script the still ones stay.
"use strict";
(() => {
    const page = document.documentElement;
    const { panels, xs } = JSON.parse(document.getElementById("charts").textContent);
    const colour = (name) => getComputedStyle(page).getPropertyValue(`--${name}`).trim();
    const NAMED_FROM = 720; // Pixels of width from which names stand at the ends of curves.
    const NAMES = 168;

    // 16-bit numbers, little end first, between the ends of the series' range; the largest one is a gap.
    const decoded = ({ data, low, step }) => {
        const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
        return Array.from({ length: bytes.length / 2 }, (_, k) => {
            const level = bytes[2 * k] | (bytes[2 * k + 1] << 8);
            return level === 65535 ? null : low + step * level;
        });
    };

    const trimmed = (value, digits) => String(Number(value.toPrecision(digits)));
    const WRITTEN = {
        plain: (value) => (Math.abs(value) < 0.01 ? trimmed(value, 3) : value.toFixed(3)),
        percent: (value) => `${(100 * value).toFixed(2)}%`,
        logarithm: (value) => Math.exp(value).toFixed(3),
    };
    const TICK = {
        plain: (value) => trimmed(value, 6),
        percent: (value) => `${trimmed(100 * value, 6)}%`,
        logarithm: (value) => trimmed(Math.exp(value), 4),
    };
    const steps = (value) =>
        value >= 1e6 ? `${trimmed(value / 1e6, 4)}M` : value >= 1e3 ? `${trimmed(value / 1e3, 4)}k` : trimmed(value, 4);
    const dateOf = (seconds) => {
        const text = new Date(1000 * seconds).toISOString();
        return seconds % 86400 === 0 ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
    };

    // Round multiples on an axis of logarithms.
    const multiples = (_, __, low, high) => {
        const [from, to] = [Math.exp(low), Math.exp(high)];
        const within = (digits) => {
            const found = [];
            for (let unit = 10 ** Math.floor(Math.log10(from)); unit <= to; unit *= 10) {
                for (const digit of digits) {
                    if (digit * unit >= from && digit * unit <= to) found.push(Math.log(digit * unit));
                }
            }
            return found;
        };
        const found = [[1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1]].map(within);
        if (found[0].length > 3) return found.find((ticks) => ticks.length <= 9) ?? found[2];
        const raw = (to - from) / 5;
        const size = 10 ** Math.floor(Math.log10(raw));
        const step = [1, 2, 2.5, 5, 10].map((m) => m * size).find((nice) => nice >= raw);
        const even = [];
        for (let value = Math.ceil(from / step) * step; value <= to; value += step) even.push(Math.log(value));
        return even;
    };

    // Names at the ends of the curves that are shown, moved apart.
    const names = (plot, panel) => {
        if (!panel.end_labels || plot.width < NAMED_FROM) return;
        const { ctx, bbox } = plot;
        const ratio = devicePixelRatio;
        const [height, low, high] = [14 * ratio, bbox.top + 7 * ratio, bbox.top + bbox.height];
        const ends = [];
        plot.series.forEach((series, k) => {
            if (k === 0 || !series.show || ends.some((end) => end.series.label === series.label)) return;
            let last = plot.scales.x.max === undefined ? -1 : plot.data[0].findLastIndex((x) => x <= plot.scales.x.max);
            while (last >= 0 && plot.data[k][last] == null) last -= 1;
            if (last >= 0) ends.push({ series, y: plot.valToPos(plot.data[k][last], "y", true) });
        });
        ends.sort((a, b) => a.y - b.y);
        let free = low;
        for (const end of ends) {
            end.y = Math.max(end.y, free);
            free = end.y + height;
        }
        let most = high;
        for (const end of ends.reverse()) {
            end.y = Math.min(end.y, most);
            most = end.y - height;
        }
        ctx.save();
        ctx.font = `${12 * ratio}px system-ui, sans-serif`;
        ctx.textBaseline = "middle";
        ctx.textAlign = "left";
        const right = bbox.left + bbox.width;
        for (const { series, y } of ends) {
            ctx.strokeStyle = colour(series.pen.class);
            ctx.lineWidth = series.pen.width * ratio;
            ctx.setLineDash(series.pen.dash.map((part) => part * ratio));
            ctx.beginPath();
            ctx.moveTo(right + 6 * ratio, y);
            ctx.lineTo(right + 26 * ratio, y);
            ctx.stroke();
            ctx.fillStyle = colour("ink");
            ctx.fillText(series.label, right + 31 * ratio, y, (NAMES - 33) * ratio);
        }
        ctx.restore();
    };

    // One series for a curve, two for the edges of a layer; `pair` is where the other edge is.
    const seriesOf = (panel) => {
        const written = WRITTEN[panel.unit];
        const all = [];
        for (const layer of panel.layers) {
            const at = all.length + 1;
            const held = (plot, _, __, k) => {
                const index = k ?? plot.data[0].length - 1;
                let sum = 0;
                plot.series.forEach((other, place) => {
                    if (other.pair && other.label === layer.name) sum += plot.data[place][index] - plot.data[other.pair][index];
                });
                return written(sum);
            };
            const shape = { label: layer.name, width: 0, points: { show: false }, pen: layer.pen };
            all.push({ ...shape, pair: at + 1, value: held, levels: decoded(layer.upper) });
            all.push({ ...shape, edge: true, levels: decoded(layer.lower) });
        }
        for (const curve of panel.curves) {
            const pen = { ...curve.pen, width: curve.pen.width / 2, dash: curve.pen.dash.map((part) => part / 2) };
            all.push({
                label: curve.name,
                stroke: () => colour(pen.class),
                width: pen.width,
                dash: pen.dash,
                fill: curve.filled ? () => `${colour(pen.class)}33` : undefined,
                fillTo: 0,
                spanGaps: !panel.dates,
                points: { show: false },
                value: (plot, value, k, at) => {
                    const shown = at == null ? plot.data[k].findLast((other) => other != null) : value;
                    return shown == null ? "–" : written(shown);
                },
                pen,
                levels: decoded(curve),
            });
        }
        return all;
    };

    const draw = (place, panel) => {
        const live = place.querySelector(".live");
        const series = seriesOf(panel);
        const width = () => Math.max(280, place.clientWidth);
        const height = () => Math.round(Math.min(panel.height / 2, Math.max(220, width() * 0.6)));
        const line = { stroke: () => colour("ink"), grid: { stroke: () => colour("grid"), width: 1 }, ticks: { show: false } };
        const first = (value) => (panel.dates ? dateOf(value) : steps(value));
        const plot = new uPlot(
            {
                width: width(),
                height: height(),
                tzDate: (seconds) => uPlot.tzDate(new Date(1000 * seconds), "Etc/UTC"),
                padding: [8, () => (panel.margins ? panel.margins[1] * width() : panel.end_labels && width() >= NAMED_FROM ? NAMES : 12), 0, 0],
                scales: { x: { time: panel.dates }, y: panel.layers.length ? { range: (_, low, high) => [low, high] } : {} },
                axes: [
                    { ...line, space: 45, size: 34, ...(panel.dates ? {} : { values: (_, values) => values.map(steps) }) },
                    {
                        ...line,
                        size: () => (panel.margins ? panel.margins[0] * width() - 20 : 58),
                        label: panel.y_title,
                        labelSize: 20,
                        values: (_, values) => values.map(TICK[panel.unit]),
                        ...(panel.unit === "logarithm" ? { splits: multiples } : {}),
                    },
                ],
                series: [
                    {
                        label: panel.dates ? "Date" : panel.x_title,
                        value: (plot, value) => first(value ?? plot.data[0][plot.data[0].length - 1]),
                    },
                    ...series,
                ],
                // An area lies below its outer edge, or above it where it is below 0.
                bands: series.flatMap(({ pair, pen, levels }, k) => {
                    const below = pair && levels.some((level, at) => level < series[pair - 1].levels[at]);
                    return pair ? [{ series: [k + 1, pair], dir: below ? 1 : -1, fill: () => colour(pen.class) }] : [];
                }),
                cursor: { y: false, drag: { x: true, y: false }, ...(panel.dates ? { sync: { key: "dates", setSeries: false } } : {}) },
                legend: {
                    markers: {
                        width: 0,
                        fill: (plot, k) => (plot.series[k].pen ? `var(--${plot.series[k].pen.class})` : "transparent"),
                    },
                },
                hooks: {
                    draw: [(plot) => names(plot, panel)],
                    // Both edges of a layer, and every side of an asset, go together.
                    setSeries: [
                        (plot, k, { show }) => {
                            if (k == null || show == null || !plot.series[k].pair) return;
                            plot.series.forEach((other, place) => {
                                const same = other.pair && other.label === plot.series[k].label;
                                for (const part of same ? [place, other.pair] : []) {
                                    if (plot.series[part].show !== show) plot.setSeries(part, { show }, false);
                                }
                            });
                        },
                    ],
                    setScale: [
                        (plot, key) => {
                            const all = plot.data[0];
                            const { min, max } = plot.scales.x;
                            if (key === "x") reset.hidden = min <= all[0] && max >= all[all.length - 1];
                        },
                    ],
                },
            },
            [xs[panel.x], ...series.map(({ levels }) => levels)],
        );

        const reset = document.createElement("button");
        reset.type = "button";
        reset.className = "reset";
        reset.textContent = "Show all dates";
        reset.hidden = true;
        reset.addEventListener("click", () => {
            const all = plot.data[0];
            const shown = panel.dates ? uPlot.sync("dates").plots : [plot];
            shown.forEach((other) => other.setScale("x", { min: all[0], max: all[all.length - 1] }));
        });
        live.append(plot.root, reset);
        plot.root.querySelector(".u-wrap").setAttribute("role", "img");
        plot.root.querySelector(".u-wrap").setAttribute("aria-label", panel.alternative);

        // Names are buttons for the keyboard as well; a second row of one name, and a layer's lower edge, have none.
        const seen = new Set();
        plot.root.querySelectorAll(".u-series").forEach((row, k) => {
            const { label, pen, edge } = plot.series[k];
            row.hidden = k > 0 && (edge || seen.has(label));
            seen.add(label);
            // The policy is drawn last, and named first.
            row.style.order = k === 0 ? -2 : pen.class === "policy" ? -1 : 0;
            const name = row.querySelector("th");
            if (k === 0 || row.hidden) return;
            const marker = row.querySelector(".u-marker");
            if (pen.dash.length > 0) marker.classList.add("dashed");
            name.tabIndex = 0;
            name.setAttribute("role", "button");
            name.setAttribute("aria-pressed", "true");
            const turned = () => name.setAttribute("aria-pressed", String(plot.series[k].show));
            name.addEventListener("click", turned);
            name.addEventListener("keydown", (event) => {
                if (event.key !== "Enter" && event.key !== " ") return;
                event.preventDefault();
                name.click();
            });
        });

        // The arrows move from bar to bar.
        plot.over.tabIndex = 0;
        plot.over.addEventListener("keydown", ({ key }) => {
            const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
            if (!step) return;
            const all = plot.data[0];
            const at = Math.min(all.length - 1, Math.max(0, (plot.cursor.idx ?? all.length - 1) + step));
            plot.setCursor({ left: plot.valToPos(all[at], "x"), top: 10 });
        });

        new ResizeObserver(() => {
            if (place.clientWidth > 0 && plot.width !== width()) plot.setSize({ width: width(), height: height() });
        }).observe(place);
        place.classList.add("drawn");
        return plot;
    };

    const plots = [];
    document.querySelectorAll("[data-panel]").forEach((place) => {
        const panel = panels[Number(place.dataset.panel)];
        plots.push(draw(place, panel));
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => plots.forEach((plot) => plot.redraw()));
    page.classList.add("scripted");
})();
