const NAME_CHARACTERS = 255
const EXTENSION_CHARACTERS = 16

/** What one cannot see: control characters, half characters, and what turns the direction of a text. */
const INVISIBLE =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu
/** Not allowed in names on one system or another. */
const FORBIDDEN = /[<>:"|?*]/gu

function shorten(name: string): string {
  if (name.length <= NAME_CHARACTERS) return name
  const dot = name.lastIndexOf('.')
  const extension = dot > 0 && name.length - dot <= EXTENSION_CHARACTERS ? name.slice(dot) : ''
  // A pair of surrogates that is cut in half is none any more.
  const stem = name.slice(0, NAME_CHARACTERS - extension.length).replace(/[\ud800-\udbff]$/u, '')
  return stem + extension
}

/** The name under which a file is offered again: a name and never a path, and as it looks. */
export function cleanFileName(given: string | undefined): string {
  const last = (given ?? '').replaceAll('\\', '/').split('/').at(-1) ?? ''
  const visible = last
    .toWellFormed()
    .normalize('NFC')
    .replace(INVISIBLE, '')
    .replace(FORBIDDEN, '_')
    .replace(/\s+/gu, ' ')
    .trim()
  // Windows drops them, and two names become one.
  const name = shorten(visible).replace(/[. ]+$/u, '')
  return name === '' ? 'file' : name
}
