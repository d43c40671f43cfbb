// The map: an icicle of the whole tree, a column per level, that zooms to the chosen pathway.
//
// d3-hierarchy lays it out once; a cell is a real link in the document, so that its name wraps and shortens by itself.
// The same is offered to the keyboard and to screen readers by the tree, so the map stays out of their way.
import { address, show } from "./state.js";
import { count, el, number, svg } from "./dom.js";
import { fitted } from "./saving.js";

const SMALLEST = 3; // pixels: flatter cells are left out
const NAMED = 15; // pixels a name needs
const MOST = 900; // cells drawn at once
const FOCUS = 26; // pixels of width for the one in focus, the way up
const WIDE = 1000; // pixels of the map as a picture
const FONT = { size: 12.5 };

const layouts = new Map(); // what the cells are sized by -> pathway -> its place

/**
 * `columns`: how many levels are shown below the one in focus. `view(i, isFocus)`: what a click on a cell shows, as changes
 * of the state. `update` may be called again: the cells glide to their new places.
 */
export function icicle(tree, { columns, height, view }) {
  const host = el("div", { class: "icicle", "aria-hidden": "true" });
  host.style.height = `${height}px`;
  const cells = new Map();
  let last; // what was drawn last

  function update({ focus, chosen, size, shown }) {
    last = { focus, chosen, size, shown };
    const at = layoutOf(tree, size).get(focus);
    const found = inSight(at, columns, height);
    const kept = new Set(found.map((node) => node.data));
    for (const [i, cell] of cells) {
      if (kept.has(i)) continue;
      cell.remove();
      cells.delete(i);
    }
    const wide = `(100% - ${FOCUS}px) / ${columns}`;
    for (const node of found) {
      const i = node.data;
      if (!cells.has(i)) cells.set(i, host.appendChild(made(i)));
      const cell = cells.get(i);
      const [top, tall] = place(node, at, height);
      Object.assign(cell.style, {
        left: node === at ? 0 : `calc(${FOCUS}px + ${node.depth - at.depth - 1} * ${wide})`,
        width: node === at ? `${FOCUS - 2}px` : `calc(${wide} - 2px)`,
        top: `${top}px`,
        height: `${Math.max(1, tall - 1)}px`,
      });
      cell.classList.toggle("named", tall >= NAMED);
      cell.classList.toggle("roomy", tall >= 3 * NAMED);
      cell.style.setProperty("--lines", Math.max(1, Math.floor((tall - 8) / NAMED))); // none is cut through
      cell.classList.toggle("chosen", i === chosen && node !== at);
      cell.classList.toggle("faint", i >= 0 && !shown[i]);
      cell.classList.toggle("upward", node === at);
      cell.classList.toggle("lit", tree.lit?.[i] > 0);
      cell.href = address(view(i, node === at));
      cell.onclick = (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        show(view(i, node === at));
      };
      cell.title =
        i < 0
          ? "All pathways"
          : `${tree.name[i]}\n${count(tree.total[i], "interaction")}, ` +
            `${count(tree.below[i], "pathway")} below${tree.lit?.[i] ? `, ${count(tree.lit[i], "gene")} of your list` : ""}${node === at ? "\nClick: one level up" : ""}`;
    }
  }

  function made(i) {
    const name = i < 0 ? "All pathways" : tree.name[i];
    const cell = el(
      "a",
      { class: "cell", tabindex: -1, draggable: "false" },
      el("span", { class: "cell-name" }, name),
      el("span", { class: "cell-count" }, i < 0 ? "" : number(tree.total[i])),
    );
    if (i < 0) cell.classList.add("whole");
    else {
      cell.style.setProperty("--hue", tree.hue(i));
      cell.style.setProperty("--depth", Math.min(tree.level[i], 6));
    }
    return cell;
  }

  const picture = () => pictureOf(tree, { ...last, columns, height });
  const narrow = (shown) => update({ ...last, shown });

  return { host, update, narrow, picture };
}

/** The map as a picture of its own. */
function pictureOf(tree, { focus, chosen, size, shown, columns, height }) {
  const at = layoutOf(tree, size).get(focus);
  const wide = (WIDE - FOCUS) / columns;
  const cell = (node) => {
    const [top, tall] = place(node, at, height);
    const x = node === at ? 0 : FOCUS + (node.depth - at.depth - 1) * wide;
    const box = { x, y: top, width: node === at ? FOCUS - 2 : wide - 2, height: Math.max(1, tall - 1) };
    return cellPicture(tree, node.data, { box, isFocus: node === at, isChosen: node.data === chosen, isFaint: node.data >= 0 && !shown[node.data] });
  };
  return svg("svg", { viewBox: `0 0 ${WIDE} ${height}`, class: "picture" }, inSight(at, columns, height).map(cell));
}

function cellPicture(tree, i, { box, isFocus, isChosen, isFaint }) {
  const kinds = [isFaint || i < 0 ? "faint" : "", isChosen && !isFocus ? "chosen" : "", tree.lit?.[i] > 0 ? "lit" : ""];
  const group = svg("g", { class: `picture-cell ${kinds.join(" ")}` }, svg("rect", { ...box, rx: 3 }));
  if (i >= 0) {
    group.style.setProperty("--hue", tree.hue(i));
    group.style.setProperty("--depth", Math.min(tree.level[i], 6));
  }
  const name = i < 0 ? "All pathways" : tree.name[i];
  if (isFocus) {
    const place = { x: 8 - box.y - box.height, y: box.width / 2 + 4.4, transform: "rotate(-90)" };
    group.append(svg("text", { class: "upward", ...place }, fitted(name, box.height - 16, FONT)));
  } else if (box.height >= NAMED - 1) {
    const middle = box.y + Math.min(box.height / 2, NAMED) + 4.4;
    const [tally, room] = [number(tree.total[i]), 50];
    group.append(
      svg("text", { x: box.x + 7, y: middle }, fitted(name, box.width - 14 - room, FONT)),
      svg("text", { class: "picture-tally", x: box.x + box.width - 7, y: middle }, tally),
    );
  }
  return group;
}

/** The whole tree laid out, sized by interactions or by pathways; done once for each. */
function layoutOf(tree, size) {
  if (!layouts.has(size)) {
    const own = size === "pathways" ? () => 1 : (i) => tree.direct[i];
    const top = d3
      .hierarchy(-1, (i) => (i < 0 || tree.below[i] ? tree.children(i) : null))
      .sum((i) => (i < 0 ? 0 : own(i)));
    d3.partition()(top);
    const places = new Map();
    top.each((node) => places.set(node.data, node));
    layouts.set(size, places);
  }
  return layouts.get(size);
}

/** Interactions size the map, unless there are none to size it by. */
export const sizeFor = (tree, focus, state) =>
  state.size === "pathways" || (focus >= 0 && !tree.total[focus]) ? "pathways" : "interactions";

/** The cells that are tall enough, at most `columns` levels below the one in focus, the upper levels first. */
function inSight(at, columns, height) {
  const found = [at];
  for (let n = 0; n < found.length && found.length < MOST; n += 1) {
    const node = found[n];
    if (node.depth - at.depth >= columns) continue;
    for (const child of node.children ?? []) if (place(child, at, height)[1] >= SMALLEST) found.push(child);
  }
  return found.slice(0, MOST);
}

function place(node, at, height) {
  const scale = height / (at.x1 - at.x0 || 1);
  return [(node.x0 - at.x0) * scale, (node.x1 - node.x0) * scale];
}
