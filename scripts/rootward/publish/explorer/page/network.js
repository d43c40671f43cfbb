// The proteins of a pathway and what they do to each other, laid out by d3-force: at once, and always the same way.
import { card, el, number, svg } from "./dom.js";
import { pictureButtons, widthOf } from "./saving.js";

const MOST = 28; // proteins drawn
const STEPS = 240;
const PULL = 0.08; // towards the middle
const ROOM = 26; // pixels around a protein
const LONGEST = 22; // letters of a symbol that are written out
const KEY = 24; // pixels of height for the legend
const FONT = { size: 10.5, weight: 550 };
const MEANING = { up: "activates", down: "inhibits", bind: "binds", other: "other" };

/** What an effect looks like, in colour and in shape: activating (arrow), inhibiting (bar), binding (dotted), else dashed. */
export function kind(effect) {
  if (effect.startsWith("up")) return "up";
  if (effect.startsWith("down")) return "down";
  return effect === "form complex" ? "bind" : "other";
}

/** A drawing of some interactions; `pick(symbol)` is called for a protein that is clicked. */
export function network(placed, interactions, { width, height, chosen, pick }) {
  const { nodes, links, left } = chosenFew(placed, interactions);
  if (!nodes.length) return el("p", { class: "empty" }, "No interactions to draw.");
  settle(nodes, links, width / height);
  fit(nodes, width, height);
  const kinds = Object.keys(MEANING).filter((how) => links.some((link) => link.how === how));
  const lines = links.map((link) => edge(link));
  const dots = nodes.map((node) => dot(node, chosen, pick));
  const label = `Network of ${nodes.length} proteins and ${links.length} interactions; the table lists the same.`;
  return el(
    "figure",
    { class: "network" },
    svg(
      "svg",
      { viewBox: `0 0 ${width} ${height + KEY}`, role: "group", "aria-label": label },
      [markers(), lines, dots, legend(kinds, height + KEY - 9)],
    ),
    left ? el("figcaption", { class: "muted small" }, `${number(left)} more proteins are not drawn.`) : null,
  );
}

/** A card with a network, and with buttons that save it. title: what its heading holds. */
export function networkCard(title, picture, name) {
  const drawing = picture.querySelector("svg");
  const saves = drawing ? pictureButtons("the network", { name: () => name, make: () => drawing }) : null;
  return card("", el("div", { class: "card-head" }, el("h2", {}, title), saves), picture);
}

/** The kinds of line that are drawn, and what they mean. */
function legend(kinds, y) {
  let x = 4;
  return kinds.map((how) => {
    const line = svg("line", { class: `edge ${how}`, x1: x, x2: x + 22, y1: y, y2: y, "marker-end": end(how) });
    const words = svg("text", { class: "key", x: x + 28, y: y + 3.6 }, MEANING[how]);
    x += 28 + widthOf(MEANING[how], FONT) + 14;
    return [line, words];
  });
}

const end = (how) => (how === "up" || how === "down" ? `url(#end-${how})` : null);

function chosenFew(placed, interactions) {
  const partners = new Map();
  const weight = new Map(); // of each protein the number of its interactions
  const add = (a, b) => {
    partners.set(a, (partners.get(a) ?? new Set()).add(b));
    weight.set(a, (weight.get(a) ?? 0) + 1);
  };
  for (const at of new Set(interactions)) {
    add(placed.a[at], placed.b[at]);
    add(placed.b[at], placed.a[at]);
  }
  const kept = new Map(
    fullest(partners, weight).map((id) => [id, { id, symbol: placed.words.protein[id][0], degree: partners.get(id).size }]),
  );
  const links = new Map();
  for (const at of interactions) {
    const [source, target] = [kept.get(placed.a[at]), kept.get(placed.b[at])];
    const how = kind(placed.words.effect[placed.effect[at]]);
    if (source && target && source !== target) links.set(`${source.id} ${target.id} ${how}`, { source, target, how });
  }
  return { nodes: [...kept.values()], links: [...links.values()], left: partners.size - kept.size };
}

/** The protein with the most partners, then its partners, then the next protein, until the drawing is full. */
function fullest(partners, weight) {
  const byPartners = (a, b) => partners.get(b).size - partners.get(a).size || weight.get(b) - weight.get(a) || a - b;
  const kept = new Set();
  for (const id of [...partners.keys()].sort(byPartners)) {
    for (const one of [id, ...[...partners.get(id)].sort(byPartners)]) {
      if (kept.size === MOST) return [...kept];
      kept.add(one);
    }
  }
  return [...kept];
}

/** Lay out; `shape`: width over height of the frame, which the layout follows. */
function settle(nodes, links, shape) {
  const simulation = d3
    .forceSimulation(nodes)
    .force("link", d3.forceLink(links).distance(70).strength(0.5))
    .force("apart", d3.forceManyBody().strength(-160).distanceMax(320))
    .force("room", d3.forceCollide(ROOM))
    .force("x", d3.forceX().strength(PULL / shape))
    .force("y", d3.forceY().strength(PULL * shape))
    .stop();
  simulation.tick(STEPS);
}

/** Move and shrink a layout into its frame; a small one is blown up a little. */
function fit(nodes, width, height) {
  const [left, right] = d3Extent(nodes.map((node) => node.x));
  const [top, bottom] = d3Extent(nodes.map((node) => node.y));
  const widest = Math.max(...nodes.map((node) => widthOf(written(node), FONT)));
  const scale = Math.min(1.5, (width - widest - 8) / (right - left || 1), (height - 52) / (bottom - top || 1));
  for (const node of nodes) {
    node.x = width / 2 + (node.x - (left + right) / 2) * scale;
    node.y = height / 2 - 5 + (node.y - (top + bottom) / 2) * scale;
  }
}

const d3Extent = (values) => [Math.min(...values), Math.max(...values)];
const written = ({ symbol }) => (symbol.length > LONGEST ? `${symbol.slice(0, LONGEST - 1)}…` : symbol);
const radius = (node) => 4.5 + Math.min(6, 1.3 * Math.sqrt(node.degree));

function edge({ source, target, how }) {
  const [dx, dy] = [target.x - source.x, target.y - source.y];
  const length = Math.hypot(dx, dy) || 1;
  const [from, to] = [radius(source) + 2, radius(target) + (how === "up" || how === "down" ? 5 : 2)];
  return svg("line", {
    class: `edge ${how}`,
    x1: (source.x + (dx * from) / length).toFixed(1),
    y1: (source.y + (dy * from) / length).toFixed(1),
    x2: (target.x - (dx * to) / length).toFixed(1),
    y2: (target.y - (dy * to) / length).toFixed(1),
    "marker-end": end(how),
  });
}

function dot(node, chosen, pick) {
  const isChosen = node.symbol === chosen;
  const act = () => pick(isChosen ? "" : node.symbol);
  return svg(
    "g",
    {
      class: isChosen ? "protein chosen" : "protein",
      tabindex: 0,
      role: "button",
      "aria-pressed": String(isChosen),
      "aria-label": `${node.symbol}: only its interactions`,
      transform: `translate(${node.x.toFixed(1)} ${node.y.toFixed(1)})`,
      onclick: act,
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act();
      },
    },
    svg("circle", { r: radius(node).toFixed(1) }),
    svg("text", { y: (radius(node) + 10.5).toFixed(1) }, written(node)),
  );
}

function markers() {
  const marker = (how, shape) =>
    svg(
      "marker",
      {
        id: `end-${how}`,
        class: `end ${how}`,
        viewBox: how === "up" ? "0 0 8 8" : "0 -1.5 8 11",
        refX: how === "up" ? 6 : 4,
        refY: 4,
        markerWidth: 8,
        markerHeight: how === "up" ? 8 : 11,
        orient: "auto",
        markerUnits: "userSpaceOnUse",
      },
      shape,
    );
  return svg(
    "defs",
    {},
    marker("up", svg("path", { d: "M0 .6 7.4 4 0 7.4z" })),
    marker("down", svg("path", { d: "M2.8-1.5h2.2v11h-2.2z" })),
  );
}
