// How well names answer a search: the same over how one begins, over how a word in it begins, over any part of it; and of
// equals a thing's own name over its others.

export const NONE = 8; // the rank of what does not answer
const PART = 3; // letters that a word needs to be sought anywhere in a name

/** A text to look through: names, the thing's own first, then a blank line and codes, which only answer as a whole. */
export const textOf = (names, codes) => `${names.join("\n")}\n\n${codes.join("\n")}\n`.toLowerCase();

/** A search as `rankOf` takes it. */
export function soughtOf(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return { whole: words.join(" "), words };
}

/** The rank of a text; that of a code is the rank of a whole name that is not the own. */
export function rankOf(text, sought) {
  const [best] = bestOf(text, sought);
  return best > 1 && text.includes(`\n${sought.whole}\n`, text.indexOf("\n\n")) ? 1 : best;
}

/** Whether a text answers a single word at all. */
export function answers(text, sought) {
  const { whole } = sought;
  const at = text.indexOf(whole);
  return (whole.length >= PART && at >= 0 && at < text.indexOf("\n\n")) || rankOf(text, sought) < NONE;
}

/** The number of the name that answers best; 0, the own name, also where only a code does. */
export function nameOf(text, sought) {
  const [best, place] = bestOf(text, sought);
  return best < NONE && best === rankOf(text, sought) ? text.slice(0, place).split("\n").length - 1 : 0;
}

function bestOf(text, { whole, words }) {
  if (!words.every((word) => text.includes(word))) return [NONE, 0];
  const end = text.indexOf("\n\n") + 1;
  const found = bestPlace(text, whole, end);
  return found[0] >= 4 && words.length > 1 ? scattered(text, words, end) : found;
}

// The best of all places where a word stands in the names. Texts are many: nothing is made but the answer.
function bestPlace(text, word, end) {
  const own = text.indexOf("\n");
  let [best, place] = [NONE, 0];
  for (let at = text.indexOf(word); at >= 0 && at < end && best; at = text.indexOf(word, at + 1)) {
    const rank = 2 * gradeAt(text, at, word) + (at < own ? 0 : 1);
    if (rank < best) [best, place] = [rank, at];
  }
  return [best, place];
}

function gradeAt(text, at, word) {
  if (at === 0 || text[at - 1] === "\n") return text[at + word.length] === "\n" ? 0 : 1;
  if (beginsWord(text[at - 1], word[0])) return 2;
  return word.length >= PART ? 3 : NONE / 2;
}

// After what is no letter and no digit; LC3 in MAP1LC3B too.
const beginsWord = (before, first) => !/[\p{L}\p{N}]/u.test(before) || (/\d/.test(before) && /\p{L}/u.test(first));

// The best of the names that hold all of several words, wherever each stands in it.
function scattered(text, words, end) {
  let [best, place] = [NONE, 0];
  for (let at = 0; at < end - 1; at = text.indexOf("\n", at) + 1) {
    const name = `${text.slice(at, text.indexOf("\n", at))}\n`;
    const grades = words.map((word) => bestPlace(name, word, name.length)[0] >> 1);
    const rank = 2 * Math.max(2, ...grades) + (at ? 1 : 0);
    if (rank < best) [best, place] = [rank, at];
  }
  return [best, place];
}

/** Many texts to look through together: one scan of all is many times faster than one of each. */
export function haystackOf(texts) {
  const starts = new Int32Array(texts.length + 1);
  texts.forEach((text, n) => {
    starts[n + 1] = starts[n] + text.length + 1;
  });
  const whole = texts.join("\0");

  /** The number of the text that a place is in; it is not before `least`. */
  function textAt(place, least) {
    if (place < starts[least + 1]) return least; // where a word is frequent, the next
    let [from, to] = [least, texts.length];
    while (to - from > 1) {
      const middle = (from + to) >> 1;
      if (starts[middle] <= place) from = middle;
      else to = middle;
    }
    return from;
  }

  /** The numbers of the texts that hold a word, in order. */
  return function* holding(word) {
    for (let [n, at] = [0, whole.indexOf(word)]; at >= 0; at = whole.indexOf(word, starts[n])) {
      n = textAt(at, n);
      yield n;
      n += 1;
    }
  };
}

/** The best of some things, at most so many, the likeliest first and of equals the largest: their numbers. `rank(n)` and
 * `size(n)` say so; of those with one `key(n)` the best stands for all.
 */
export function topOf(numbers, { rank, size, key = (n) => n, most }) {
  const byRank = Array.from({ length: NONE + 1 }, () => []);
  for (const n of numbers) {
    const equals = byRank[rank(n)];
    const at = equals.findLastIndex((other) => size(other) >= size(n)) + 1;
    if (at === most || equals.some((other) => key(other) === key(n))) continue;
    equals.splice(at, 0, n);
    if (equals.length > most) equals.pop();
  }
  const seen = new Set();
  const isFirst = (n) => !seen.has(key(n)) && seen.add(key(n));
  return byRank.slice(0, NONE).flat().filter(isFirst).slice(0, most);
}
