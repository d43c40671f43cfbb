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

/** [rank, which of the names answers] of a text; the rank of a code is that of a whole name that is not the own. */
export function rankOf(text, { whole, words }) {
  if (!words.every((word) => text.includes(word))) return [NONE, 0];
  const end = text.indexOf("\n\n") + 1;
  let [best, place] = bestPlace(text, whole, end);
  if (best >= 4 && words.length > 1) [best, place] = scattered(text, words, end);
  if (best > 1 && text.includes(`\n${whole}\n`, end)) return [1, 0];
  return [best, best < NONE ? text.slice(0, place).split("\n").length - 1 : 0];
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
    let n = 0;
    for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, starts[n + 1])) {
      n = textAt(at, n);
      yield n;
    }
  };
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
