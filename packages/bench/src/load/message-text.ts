const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/**
 * What message `number` says: plain ASCII of exactly `length` characters that begins with the number and a
 * blank. It follows from the number, so that whoever reads it knows what it must say.
 */
export function textOf(number: number, length: number): string {
  const head = `${number} `
  const letter = LETTERS[number % LETTERS.length] ?? ''
  return `${head}${letter.repeat(Math.max(0, length - head.length))}`
}

export function numberOf(text: string): number {
  const number = Number(text.slice(0, text.indexOf(' ')))
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`No message says '${text}'.`)
  return number
}
