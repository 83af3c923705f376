/** Those that are met in titles; the others stay as they are written. */
const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  laquo: '«',
  raquo: '»',
  bull: '•',
  middot: '·',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  auml: 'ä',
  ouml: 'ö',
  uuml: 'ü',
  Auml: 'Ä',
  Ouml: 'Ö',
  Uuml: 'Ü',
  szlig: 'ß',
  eacute: 'é',
  egrave: 'è',
  ecirc: 'ê',
  agrave: 'à',
  ccedil: 'ç',
}

function fromCode(code: number): string {
  const isScalar = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isScalar ? String.fromCodePoint(code) : '\ufffd'
}

/** Characters that HTML writes in another way. */
export function decodeEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,8}));/giu,
    (written: string, hex?: string, decimal?: string, name?: string) => {
      if (hex !== undefined) return fromCode(Number.parseInt(hex, 16))
      if (decimal !== undefined) return fromCode(Number(decimal))
      return NAMED[name ?? ''] ?? written
    },
  )
}

/** What one cannot see, and what turns the direction of the text around it. */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu

/** One line of plain text of at most so many characters; `undefined` if nothing is left. */
export function plainText(html: string | undefined, max: number): string | undefined {
  if (html === undefined) return undefined
  const line = decodeEntities(html)
    .replaceAll(/[\s\u2028\u2029]+/gu, ' ')
    .replaceAll(INVISIBLE, '')
    .trim()
  if (line === '') return undefined
  const characters = Array.from(line)
  if (characters.length <= max) return line
  return `${characters
    .slice(0, max - 1)
    .join('')
    .trimEnd()}…`
}

/** The page's own word for its encoding, in its first kilobyte; HTTP's word is better. */
const DECLARED = /<meta[^>]{0,200}?charset\s*=\s*["']?([\w:-]{1,40})/iu
const DECLARED_BYTES = 1_024

/** Bytes of a page as text. An encoding that nobody knows is taken for UTF-8. */
export function decodePage(bytes: Buffer, contentType: string): string {
  const told = /charset\s*=\s*"?([\w:-]{1,40})/iu.exec(contentType)?.[1]
  const head = bytes.subarray(0, DECLARED_BYTES).toString('latin1')
  for (const label of [told, DECLARED.exec(head)?.[1]]) {
    if (label === undefined) continue
    try {
      return new TextDecoder(label).decode(bytes)
    } catch {
      // The next one, or UTF-8.
    }
  }
  return new TextDecoder().decode(bytes)
}
