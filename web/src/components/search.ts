/** Matching of names however they are typed: Kazakh, Russian or Latin letters. */

const LETTERS: Record<string, string> = {
  а: "a", ә: "a", б: "b", в: "v", г: "g", ғ: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z",
  и: "i", й: "i", к: "k", қ: "k", л: "l", м: "m", н: "n", ң: "n", о: "o", ө: "o", п: "p",
  р: "r", с: "s", т: "t", у: "u", ұ: "u", ү: "u", ф: "f", х: "h", һ: "h", ц: "ts", ч: "ch",
  ш: "sh", щ: "sh", ъ: "", ы: "i", і: "i", ь: "", э: "e", ю: "iu", я: "ia",
  ı: "i", ə: "a", ŋ: "n",
}; // prettier-ignore

/** One skeleton for «Қызылорда», "Кызылорда", "Kyzylorda", "Qyzylorda". */
export function fold(text: string): string {
  return [...text.toLowerCase()]
    .map((letter) => LETTERS[letter] ?? letter)
    .join("")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/kh|x/g, "h")
    .replace(/zh|dzh/g, "j")
    .replace(/q/g, "k")
    .replace(/[yw]/g, (letter) => (letter === "y" ? "i" : "u"))
    .replace(/i+/g, "i")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** True when every word of the query begins some word of the texts. */
export function matches(query: string, texts: readonly string[]): boolean {
  const words = fold(texts.join(" ")).split(" ");
  return fold(query)
    .split(" ")
    .every((part) => part === "" || words.some((word) => word.startsWith(part)));
}
