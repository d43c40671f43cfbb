// The tree as a picture: the branches that are open, each pathway joined to its parent.
import { number, svg } from "./dom.js";
import { widthOf } from "./saving.js";

const ROW = 21; // pixels
const STEP = 18; // pixels that a level is indented
const MARGIN = 14;
const MOST = 5000; // pathways drawn
const FONT = { size: 12.5 };

/** listed: the pathways from top to bottom; `isOpen(i)`: whether those below one are listed. */
export function treePicture(tree, listed, isOpen) {
  const drawn = listed.slice(0, MOST);
  const at = new Map(drawn.map((i, n) => [i, n]));
  const x = (i) => MARGIN + 5 + STEP * tree.level[i];
  const y = (i) => MARGIN + ROW * (at.get(i) + 0.5);
  const notes = drawn.map((i) => noteOf(tree, i, isOpen(i)));
  const ends = drawn.map((i, n) => x(i) + 20 + 1.06 * widthOf(tree.name[i] + notes[n], FONT)); // fonts elsewhere may be wider
  const left = listed.length - drawn.length;
  const width = Math.ceil(ends.reduce((most, end) => Math.max(most, end), 220) + MARGIN);
  const height = 2 * MARGIN + ROW * (drawn.length + (left ? 1 : 0));
  return svg(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, class: "picture" },
    drawn.filter((i) => tree.level[i]).map((i) => joint(x(tree.parent[i]), y(tree.parent[i]), x(i), y(i))),
    drawn.map((i, n) => [
      dot(tree, i, { cx: x(i), cy: y(i) }),
      svg("text", { x: x(i) + 10, y: y(i) + 4.4 }, tree.name[i], svg("tspan", { class: "picture-note", dx: 8 }, notes[n])),
    ]),
    left ? svg("text", { class: "picture-note", x: MARGIN, y: height - MARGIN - 6 }, `and ${number(left)} more`) : null,
  );
}

function noteOf(tree, i, isOpen) {
  const folded = tree.below[i] && !isOpen ? `, ${number(tree.below[i])} below` : "";
  return `${tree.total[i] ? number(tree.total[i]) : "–"}${folded}`;
}

const joint = (fromX, fromY, toX, toY) => svg("path", { class: "picture-joint", d: `M${fromX} ${fromY}V${toY}H${toX}` });

function dot(tree, i, at) {
  const circle = svg("circle", { class: "picture-dot", r: 4, ...at });
  circle.style.setProperty("--hue", tree.hue(i));
  return circle;
}
