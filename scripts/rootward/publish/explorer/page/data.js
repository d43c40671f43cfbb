// Unpacking what the page carries, and the tree as arrays.
//
// Pathways are numbers in the order in which they are shown, every parent before its children, so that everything
// below pathway i is the range i+1 … end[i]-1.

/** A block of the page by name. Large ones are deflated. */
export async function block(name) {
  const element = document.getElementById(`data-${name}`);
  const text = element.textContent;
  element.remove(); // what is unpacked need not be kept twice
  if (element.type === "application/json") return JSON.parse(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

/** The tree: its columns, and what follows from them. */
export function treeOf(columns) {
  const n = columns.name.length;
  const level = new Int32Array(n);
  const root = new Int32Array(n);
  const end = new Int32Array(n);
  const total = Int32Array.from(columns.direct);
  const below = new Int32Array(n); // pathways below
  const byId = new Map();
  const byName = new Map();
  const roots = [];
  for (let i = 0; i < n; i += 1) {
    const above = columns.parent[i];
    level[i] = above < 0 ? 0 : level[above] + 1;
    root[i] = above < 0 ? roots.push(i) - 1 : root[above];
    end[i] = i + 1;
    byId.set(columns.id[i], i);
    byName.set(columns.name[i], i);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    const above = columns.parent[i];
    below[i] = end[i] - i - 1;
    if (above < 0) continue;
    total[above] += total[i];
    end[above] = Math.max(end[above], end[i]);
  }
  const children = (i) => {
    if (i < 0) return roots;
    const found = [];
    for (let child = i + 1; child < end[i]; child = end[child]) found.push(child);
    return found;
  };
  const path = (i) => {
    const line = [];
    for (let at = i; at >= 0; at = columns.parent[at]) line.unshift(at);
    return line;
  };
  // Neighbouring roots get hues far apart: the golden angle.
  const hue = (i) => (155 + root[i] * 137.508) % 360;
  return { ...columns, n, level, end, total, below, roots, byId, byName, children, path, hue };
}

/** The interactions, with their proteins and with where each pathway's placements begin. */
export function placedOf(columns, n, proteins) {
  const { pathway } = columns.placed;
  const start = new Int32Array(n + 1);
  for (const at of pathway) start[at + 1] += 1;
  for (let i = 0; i < n; i += 1) start[i + 1] += start[i];
  const words = { ...columns.words, protein: proteins.symbol.map((symbol, at) => [symbol, proteins.uniprot[at]]) };
  return { ...columns, words, start };
}
