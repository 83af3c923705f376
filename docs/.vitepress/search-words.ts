/**
 * Words of a text, for the index and for what is asked. Chinese, Japanese and Korean have no blanks
 * between words: there it is every two characters that follow each other, and the last by itself, so that
 * one character is found as the beginning of two.
 *
 * It is handed to the browser as text: it may use nothing that is not in it.
 */
export function searchWords(text: string): string[] {
  const isWide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+/gu
  const words: string[] = []
  for (const part of text.split(/[\n\r\p{Z}\p{P}\p{S}]+/u)) {
    words.push(...part.split(isWide).filter((word) => word !== ''))
    for (const [run] of part.matchAll(isWide)) {
      const characters = Array.from(run)
      for (const [at, one] of characters.entries()) words.push(one + (characters[at + 1] ?? ''))
    }
  }
  return words
}
