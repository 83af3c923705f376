/** Letters that look like Latin ones, and what people write instead of letters. */
const FAMILIES: Readonly<Record<string, string>> = {
  a: 'аαɑᴀ4@',
  b: 'вьβʙ8',
  c: 'сᴄϲ¢',
  d: 'ԁđᴅ',
  e: 'еεᴇ3€',
  f: 'ꜰ',
  g: 'ɡɢցġ69',
  h: 'һнհħʜ',
  // Of `i` and `l` nobody knows which one a stroke is: they are one.
  i: 'іιɪl1ӏłʟ!|£',
  j: 'јϳᴊ',
  k: 'кκᴋ',
  m: 'мᴍ',
  n: 'пηոɴ',
  o: 'оοօσøᴏ0',
  p: 'рρᴘ',
  q: 'ԛզ',
  r: 'гʀ',
  s: 'ѕꜱ5$',
  t: 'тτᴛ7',
  u: 'υսμᴜ',
  v: 'νѵᴠ',
  w: 'ԝѡωᴡ',
  x: 'хχ',
  y: 'уγʏ',
  z: 'ᴢ2',
}

const LATIN = new Map<number, number>(
  Object.entries(FAMILIES).flatMap(([letter, family]) =>
    Array.from(family, (one) => [codeOf(one), codeOf(letter)] as const),
  ),
)

function codeOf(character: string): number {
  return character.codePointAt(0) ?? 0
}

const A = codeOf('a')
/** White letters on black discs and squares, and those that flags are made of. */
const ALPHABETS = [0x1f150, 0x1f170, 0x1f1e6]

/** What a letter, digit or sign is taken for; itself if nothing else. */
export function looksLike(code: number): number {
  if (code >= 0x1f150) {
    const first = ALPHABETS.find((at) => code >= at && code < at + 26)
    if (first !== undefined) return looksLike(A + code - first)
  }
  return LATIN.get(code) ?? code
}

/** A sign that may be a letter if it is in a word. */
export const standsForLetter = (code: number): boolean =>
  code >= 0x1f150 || (LATIN.has(code) && !/[\p{L}\p{N}]/u.test(String.fromCodePoint(code)))

/** `a$$` is a word, `wait!` is one and a sign. */
export const mayEndWord = (code: number): boolean => code !== codeOf('!') && code !== codeOf('|')
