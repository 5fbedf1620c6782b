/** Longer names differ from every known one anyway; the cut keeps the comparison cheap for a hostile file. */
const COMPARED_CHARS = 64;

/** How many characters must be added, dropped or replaced to turn one word into the other (Levenshtein). */
function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** The known word that is most like this one; the first of several. */
export function nearest(word: string, known: readonly string[]): string {
  const cut = word.slice(0, COMPARED_CHARS);
  const ranked = known.map((candidate) => ({ candidate, away: distance(cut, candidate) }));
  return ranked.reduce((best, next) => (next.away < best.away ? next : best)).candidate;
}
