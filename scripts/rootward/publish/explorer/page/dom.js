// Making elements. Text is only ever set as text: nothing that came in with the data is parsed as HTML.

const NUMBER = new Intl.NumberFormat("en-US"); // made once: that is most of its work
const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. `on…` attributes are listeners; null and false leave an attribute out; strings become text. */
export function el(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** An SVG element, made in the same way. */
export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return element;
}

/** A number as people of the page's language write it. */
export const number = (value) => NUMBER.format(value);

/** "1 pathway", "2 pathways". */
export const count = (value, word, many = `${word}s`) => `${number(value)} ${value === 1 ? word : many}`;

/** A card of the panel. */
export const card = (kind, ...children) => el("section", { class: `card ${kind}` }, ...children);

/** Names with what they stand for; what is missing is left out. */
export function definitions(kind, pairs) {
  const known = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return el(
    "dl",
    { class: kind },
    known.map(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
  );
}

/** Words for those who cannot see what stands beside them. */
export const aside = (text) => el("span", { class: "visually-hidden" }, ` ${text}`);

/** A number beside a name. */
export const tally = (value) => el("span", { class: "tally" }, number(value));

/** Text with the parts that match any of the words marked. */
export function marked(text, words) {
  if (!words.length) return [text];
  const parts = text.split(
    new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i"),
  );
  return parts.map((part, n) => (n % 2 ? el("mark", {}, part) : part));
}

/** Calls `step` once, `wait` milliseconds after the last call. */
export function settled(step, wait) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => step(...given), wait);
  };
}

/** What the browser keeps under a key; null when it keeps nothing: a page inside a report may not. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/** Keep something in the browser; whether it could be. */
export function remember(key, text) {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
