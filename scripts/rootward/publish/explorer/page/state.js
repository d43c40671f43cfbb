// What is shown, as the address says it: the part after # reopens the same view anywhere.

const LISTS = ["origin", "method", "verdict"];
const EMPTY = {
  p: "",
  q: "",
  origin: [],
  method: [],
  verdict: [],
  sure: 0,
  below: false,
  sort: "",
  has: "",
  size: "",
  z: "",
};
const listeners = [];
let current = read();

function read() {
  const given = new URLSearchParams(location.hash.slice(1));
  const found = { ...EMPTY };
  for (const key of Object.keys(EMPTY)) {
    if (LISTS.includes(key)) found[key] = given.getAll(key);
    else if (key === "sure") found.sure = Math.min(1, Math.max(0, Number(given.get(key)) || 0));
    else if (key === "below") found.below = given.get(key) === "1";
    else found[key] = given.get(key) ?? "";
  }
  return found;
}

function written(state) {
  const shown = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (Array.isArray(value)) value.forEach((item) => shown.append(key, item));
    else if (value) shown.set(key, value === true ? "1" : value);
  }
  return `#${shown.toString().replaceAll("%3A", ":")}`;
}

/** What is shown now. */
export const state = () => current;

/** The address of the view that differs in these things. */
export const address = (changes) => written(changed(changes));

// What belongs to one panel (the filter of its table, the zoom of its map) does not follow to the next.
const changed = (changes) => ({ ...current, ...("p" in changes ? { has: "", z: "" } : {}), ...changes });

/** Show something else. A new pathway or zoom is a step that "back" undoes; a filter or a sorting is not. */
export function show(changes) {
  const before = current;
  current = changed(changes);
  const hash = written(current);
  if (hash === written(before)) return;
  try {
    // A page inside a report has no address of its own; then the view changes all the same.
    if (current.p !== before.p || current.z !== before.z) history.pushState(null, "", hash);
    else history.replaceState(null, "", hash);
  } catch {
    location.hash = hash;
  }
  tell(before);
}

/** Be told of every change, with what was shown before. */
export function onChange(listener) {
  listeners.push(listener);
}

function tell(before) {
  listeners.forEach((listener) => listener(current, before));
}

function followAddress() {
  const before = current;
  current = read();
  if (written(current) !== written(before)) tell(before);
}

addEventListener("popstate", followAddress);
addEventListener("hashchange", followAddress);
