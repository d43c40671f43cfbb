// Saving what is seen as a file, made in the page: tables, lists and pictures.
import { el, svg } from "./dom.js";

const SHARP = 2; // pixels of a PNG for one of the page
const TALLEST = 16_000; // pixels of a canvas that every browser can make
// What is written into a picture; what a property is when nothing says otherwise is left out.
const USUAL = {
  fill: "#000000",
  stroke: "none",
  "stroke-width": "1px",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  opacity: "1",
  "font-size": "",
  "font-weight": "400",
  "text-anchor": "start",
  "paint-order": "normal",
};
const OF_TEXT = ["font-size", "font-weight", "text-anchor", "paint-order"];
const DROPPED = ["class", "style", "tabindex", "role", "aria-label", "aria-pressed"];
const UNFIT = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu; // no XML document may hold it

/** Buttons that save one thing in several forms. forms: what a button says -> what it does. */
export function saveButtons(what, forms) {
  const button = ([form, act]) =>
    el("button", { type: "button", class: "quiet", "aria-label": `${form}: save ${what}`, title: `Save ${what}`, onclick: act }, form);
  return el("span", { class: "saves" }, Object.entries(forms).map(button));
}

/** Buttons that save a picture; `make()` gives its SVG element, `name()` what the file is about. */
export function pictureButtons(what, { name, make }) {
  const asPng = async (event) => {
    const { target } = event;
    const blob = await pngOf(make());
    if (blob) save(`${fileName(name())}.png`, blob);
    else target.textContent = "Too tall: use SVG";
  };
  return saveButtons(what, {
    SVG: () => save(`${fileName(name())}.svg`, new Blob([svgText(make())], { type: "image/svg+xml" })),
    PNG: asPng,
  });
}

/** Hand a file to the reader. */
export function save(name, blob) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may ask where to first
}

/** Save text. */
export const saveText = (name, text, type = "text/plain") => save(name, new Blob([text], { type: `${type};charset=utf-8` }));

/** A name that every file system takes. */
export const fileName = (text) => text.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80) || "rootward";

/** Rows as CSV (RFC 4180) that Excel reads as UTF-8; no cell is a formula to it. */
export const csv = (rows) => `\ufeff${rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("")}`;

function cell(value) {
  const text = String(value ?? "").replace(/[\s\p{Cc}]+/gu, " ").trim();
  const inert = typeof value !== "number" && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** A picture as a file of its own: what the page's style gives it stands in it, in colours that every program knows. */
export function svgText(picture) {
  const isShown = picture.isConnected;
  if (!isShown) document.body.append(picture); // only what is in the document has a style
  const copy = picture.cloneNode(true);
  const copies = [copy, ...copy.querySelectorAll("*")];
  [picture, ...picture.querySelectorAll("*")].forEach((element, at) => dress(copies[at], getComputedStyle(element)));
  const { width, height } = picture.viewBox.baseVal;
  const { backgroundColor, fontFamily } = getComputedStyle(picture);
  const [family, ground] = [fontFamily.replaceAll('"', "'"), colour(backgroundColor)];
  if (!isShown) picture.remove();
  for (const [name, value] of Object.entries({ width, height, "font-family": family })) copy.setAttribute(name, value);
  copy.prepend(svg("rect", { width, height, fill: ground }));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(copy).replace(UNFIT, "")}\n`;
}

function dress(element, style) {
  const isText = /^t/.test(element.tagName);
  for (const name of DROPPED) element.removeAttribute(name);
  if (!/^(path|line|rect|circle|text|tspan)$/.test(element.tagName)) return;
  for (const [name, usual] of Object.entries(USUAL)) {
    if (!isText && OF_TEXT.includes(name)) continue;
    const given = style.getPropertyValue(name);
    const value = name === "fill" || name === "stroke" ? colour(given) : given;
    if (value !== usual) element.setAttribute(name, value);
  }
  if (element.hasAttribute("paint-order")) underlay(element);
}

// Many programs know no paint-order, and paint the edge of a word over it: a word of its own, beneath, is the edge.
function underlay(text) {
  text.removeAttribute("paint-order");
  const edge = text.cloneNode(true);
  edge.setAttribute("fill", edge.getAttribute("stroke"));
  for (const name of ["stroke", "stroke-width"]) text.removeAttribute(name);
  text.before(edge);
}

const known = new Map(); // a colour of CSS -> #rrggbb
const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

function colour(css) {
  if (css === "none") return css;
  if (!known.has(css)) {
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const parts = [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    known.set(css, `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`);
  }
  return known.get(css);
}

/** A picture as PNG; null when it is too tall for one. */
export async function pngOf(picture) {
  const { width, height } = picture.viewBox.baseVal;
  const scale = Math.min(SHARP, TALLEST / height);
  if (scale < 1) return null;
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(picture))}`;
  await image.decode();
  const canvas = el("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** The width of a text in the page's font. */
export function widthOf(text, { size, weight = 400 }) {
  pen.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}

/** As much of a text as fits; other programs' fonts may be a little wider. */
export function fitted(text, width, font) {
  const fits = (shown) => 1.05 * widthOf(shown, font) <= width;
  if (fits(text)) return text;
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (fits(`${text.slice(0, middle)}…`)) least = middle;
    else most = middle - 1;
  }
  return least ? `${text.slice(0, least).trimEnd()}…` : "";
}
