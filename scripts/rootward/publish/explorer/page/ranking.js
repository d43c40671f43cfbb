// How well names answer a search: the same over how one begins, over how a word in it begins, over any part of it; and of
// equals a thing's own name over its others.

export const NONE = 8; // the rank of what does not answer
const PART = 3; // letters that a word needs to be sought anywhere in a name

/** A text to look through: names, the thing's own first, and codes, which only answer as a whole. */
export const textOf = (names, codes) => [...names, "", ...codes].join("\n").toLowerCase();

/** A search as `rankOf` takes it. */
export function soughtOf(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return { whole: words.join(" "), words, isLong: words.every((word) => word.length >= PART) };
}

/** [rank, which of the names answers] of a text; the rank of a code is that of a whole name that is not the own. */
export function rankOf(text, sought) {
  let [best, which] = [NONE, 0];
  if (!sought.words.every((word) => text.includes(word))) return [best, which];
  const lines = text.split("\n");
  const end = lines.indexOf("");
  for (let at = 0; at < end; at += 1) {
    const rank = 2 * grade(lines[at], sought) + (at ? 1 : 0);
    if (rank < best) [best, which] = [rank, at];
  }
  if (best > 1 && lines.lastIndexOf(sought.whole) > end) return [1, 0];
  return [Math.min(best, NONE), which];
}

function grade(name, { whole, words, isLong }) {
  if (name.startsWith(whole)) return name.length === whole.length ? 0 : 1;
  if (words.every((word) => beginsIn(name, word))) return 2;
  return isLong && words.every((word) => name.includes(word)) ? 3 : NONE / 2;
}

/** Whether a word of a name begins with another. */
function beginsIn(name, word) {
  for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1])) return true;
  }
  return false;
}

/** The best of some things, at most so many: [{n, rank, which}]. `answer(n)` is their [rank, which], `size(n)` decides
 * between equals. */
export function topOf(numbers, { answer, size, most }) {
  const byRank = Array.from({ length: NONE }, () => []);
  for (const n of numbers) {
    const [rank, which] = answer(n);
    if (rank < NONE) byRank[rank].push({ n, rank, which });
  }
  const found = [];
  for (const equals of byRank) {
    if (found.length >= most) break;
    found.push(...equals.sort((x, y) => size(y.n) - size(x.n) || x.n - y.n).slice(0, most));
  }
  return found.slice(0, most);
}
