// The tree on the left. Only the rows in sight exist in the document, whatever the tree's size.
//
// The tree itself has the keyboard's focus and names its active row (aria-activedescendant): a row that scrolls out of
// sight may vanish, the focus may not.
import { changeMark } from "./changes.js";
import { aside, el, marked, number } from "./dom.js";
import { treePicture } from "./treepicture.js";

const SPARE = 8; // rows kept above and below what is in sight
const DEEPEST = 14; // levels that are indented further

export function treeView(host, tree, { choose, isPending }) {
  const opened = new Uint8Array(tree.n);
  const position = new Int32Array(tree.n);
  const siblings = new Int32Array(tree.n + 1);
  const at = new Int32Array(tree.n).fill(-1); // the row of each pathway, -1 when it is not listed
  const canvas = el("div", { class: "tree-canvas", role: "presentation" });
  const drawn = new Map(); // pathway -> its row element
  let left = { active: false, shown: new Uint8Array(tree.n).fill(1), hit: null };
  let openedFound = opened;
  let sought = [];
  let aliasFor = () => null; // the alias by which a pathway was found
  let listed = [];
  let active = 0;
  let chosen = -1;
  let height = 30;

  host.append(canvas);

  const isOpen = (i) => openedFound[i] === 1;
  const hasChildren = (i) => tree.below[i] > 0;

  /** List the pathways whose branches are open, top to bottom. */
  function list() {
    listed = [];
    at.fill(-1);
    siblings.fill(0);
    for (let i = 0; i < tree.n;) {
      if (!left.shown[i]) {
        i = tree.end[i];
        continue;
      }
      at[i] = listed.push(i) - 1;
      position[i] = siblings[tree.parent[i] + 1] += 1;
      i = isOpen(i) ? i + 1 : tree.end[i];
    }
    if (at[active] < 0) active = nearestListed(active);
    height = host.ownerDocument.defaultView.matchMedia("(pointer: coarse)").matches ? 42 : 30;
    canvas.style.height = `${listed.length * height}px`;
    drawn.forEach((row) => row.remove());
    drawn.clear();
    draw();
  }

  function nearestListed(i) {
    let above = i;
    while (above >= 0 && at[above] < 0) above = tree.parent[above];
    return above >= 0 ? above : (listed[0] ?? 0);
  }

  /** Make the rows that came into sight, and drop those that left it. */
  function draw() {
    const first = Math.max(0, Math.floor(host.scrollTop / height) - SPARE);
    const last = Math.min(listed.length, Math.ceil((host.scrollTop + host.clientHeight) / height) + SPARE);
    for (const [i, row] of drawn) {
      if (at[i] < first || at[i] >= last) {
        row.remove();
        drawn.delete(i);
      }
    }
    for (let n = first; n < last; n += 1) {
      const i = listed[n];
      if (drawn.has(i)) continue;
      const row = made(i);
      row.style.transform = `translateY(${n * height}px)`;
      drawn.set(i, row);
      canvas.append(row);
    }
    point();
  }

  function made(i) {
    const open = hasChildren(i) ? String(isOpen(i)) : null;
    const isChanged = isPending(i);
    const alias = left.active && left.hit[i] ? aliasFor(i) : null;
    const row = el(
      "div",
      {
        class: left.active && !left.hit[i] ? "row passing" : "row",
        id: `row-${i}`,
        role: "treeitem",
        "data-pathway": i,
        title: alias ? `${tree.name[i]}, also called ${alias}` : tree.name[i],
        "aria-level": tree.level[i] + 1,
        "aria-posinset": position[i],
        "aria-setsize": siblings[tree.parent[i] + 1],
        "aria-expanded": open,
        "aria-selected": String(i === chosen),
      },
      el("span", { class: "twist", "aria-hidden": "true" }),
      el("span", { class: "dot", "aria-hidden": "true" }),
      el("span", { class: "row-name" }, marked(tree.name[i], sought), alias ? el("span", { class: "muted" }, " (", marked(alias, sought), ")") : null),
      changeMark(tree.changes, i),
      isChanged ? el("span", { class: "row-pending", title: "change suggested" }, aside("change suggested"), "✎") : null,
      tree.lit?.[i] ? el("span", { class: "row-lit", title: "genes of your list" }, number(tree.lit[i]), aside("genes of your list")) : null,
      el("span", { class: "row-count" }, tree.total[i] ? number(tree.total[i]) : "–", aside("interactions")),
    );
    row.style.paddingLeft = `${6 + 15 * Math.min(tree.level[i], DEEPEST)}px`;
    row.style.setProperty("--hue", tree.hue(i));
    return row;
  }

  /** Say which row is active and which chosen. */
  function point() {
    for (const [i, row] of drawn) {
      row.classList.toggle("active", i === active);
      row.setAttribute("aria-selected", String(i === chosen));
    }
    if (drawn.has(active)) host.setAttribute("aria-activedescendant", `row-${active}`);
    else host.removeAttribute("aria-activedescendant");
  }

  function moveTo(i) {
    if (i === undefined || at[i] < 0) return;
    active = i;
    const top = at[i] * height;
    if (top < host.scrollTop) host.scrollTop = top;
    else if (top + height > host.scrollTop + host.clientHeight) host.scrollTop = top + height - host.clientHeight;
    draw();
  }

  function toggle(i, open = !isOpen(i)) {
    if (!hasChildren(i)) return;
    openedFound[i] = open ? 1 : 0;
    list();
  }

  const KEYS = {
    ArrowDown: () => moveTo(listed[at[active] + 1]),
    ArrowUp: () => moveTo(listed[at[active] - 1]),
    ArrowRight: () =>
      hasChildren(active) && !isOpen(active)
        ? toggle(active, true)
        : hasChildren(active) && moveTo(listed[at[active] + 1]),
    ArrowLeft: () => (isOpen(active) && hasChildren(active) ? toggle(active, false) : moveTo(tree.parent[active])),
    Home: () => moveTo(listed[0]),
    End: () => moveTo(listed.at(-1)),
    PageDown: () => moveTo(listed[Math.min(listed.length - 1, at[active] + Math.floor(host.clientHeight / height))]),
    PageUp: () => moveTo(listed[Math.max(0, at[active] - Math.floor(host.clientHeight / height))]),
    Enter: () => choose(active),
    " ": () => choose(active),
    "*": () => {
      tree.children(tree.parent[active]).forEach((i) => {
        openedFound[i] = 1;
      });
      list();
    },
  };

  host.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (KEYS[event.key]) {
      event.preventDefault();
      if (listed.length) KEYS[event.key]();
    } else if (event.key.length === 1 && event.key !== "/") jump(event.key.toLowerCase());
  });

  /** The next listed pathway that begins with a letter. */
  function jump(letter) {
    const order = [...listed.slice(at[active] + 1), ...listed.slice(0, at[active] + 1)];
    moveTo(order.find((i) => tree.name[i].toLowerCase().startsWith(letter)));
  }

  host.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    active = Number(row.dataset.pathway);
    if (event.target.closest(".twist")) toggle(active);
    else {
      point();
      choose(active);
    }
  });
  host.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  new ResizeObserver(() => requestAnimationFrame(draw)).observe(host);

  return {
    /** Show what a filter leaves; all branches with something in them are opened. */
    narrow(found, words, alias) {
      left = found;
      sought = words;
      aliasFor = alias;
      openedFound = found.active ? Uint8Array.from(found.shown) : opened;
      host.scrollTop = 0;
      list();
      if (chosen >= 0 && at[chosen] >= 0) moveTo(chosen);
    },
    /** Open the way to a pathway and mark it as the chosen one; -1 chooses none. */
    reveal(i) {
      chosen = i;
      for (let above = i < 0 ? -1 : tree.parent[i]; above >= 0; above = tree.parent[above]) openedFound[above] = 1;
      list();
      if (i >= 0) moveTo(i);
    },
    all(open) {
      openedFound.fill(open ? 1 : 0);
      list();
      moveTo(active);
    },
    focus() {
      host.focus({ preventScroll: true });
      moveTo(active);
    },
    /** The rows that are listed, as a picture. */
    picture: () => treePicture(tree, listed, isOpen),
    /** Draw the rows in sight anew. */
    again: list,
    first: () => listed.find((i) => !left.active || left.hit[i]),
  };
}
