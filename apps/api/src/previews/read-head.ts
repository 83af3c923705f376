/** What a page says of itself in its head, as it is written there. */
export interface PageHead {
  readonly title: string | undefined
  /** The first content of each `name` or `property`, in lower case. */
  readonly metas: ReadonlyMap<string, string>
}

const TAG_NAME = /[a-z][^\s/>]*/iuy
const ATTRIBUTE = /[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/uy
/** Their content is no HTML. */
const OPAQUE = new Set(['script', 'style', 'noscript', 'template', 'svg', 'iframe', 'textarea'])
/** Of one page, so that a page of nothing but tags costs little. */
const TAGS_MAX = 5_000
const ATTRIBUTES_MAX = 30
const METAS_MAX = 200

/** Where a pattern is found from a place on, or the end of the text. */
function find(html: string, pattern: RegExp, from: number): number {
  pattern.lastIndex = from
  return pattern.exec(html)?.index ?? html.length
}

function attributesOf(html: string, from: number): { values: Map<string, string>; end: number } {
  const values = new Map<string, string>()
  let at = from
  for (let count = 0; count < ATTRIBUTES_MAX; count += 1) {
    ATTRIBUTE.lastIndex = at
    const match = ATTRIBUTE.exec(html)
    if (match === null) break
    const [, name = '', double, single, bare] = match
    const key = name.toLowerCase()
    if (!values.has(key)) values.set(key, double ?? single ?? bare ?? '')
    at = ATTRIBUTE.lastIndex
  }
  const close = html.indexOf('>', at)
  return { values, end: close === -1 ? html.length : close + 1 }
}

function noteMeta(metas: Map<string, string>, values: ReadonlyMap<string, string>): void {
  const name = (values.get('property') ?? values.get('name') ?? '').trim().toLowerCase()
  const content = values.get('content')
  if (name === '' || content === undefined || metas.has(name) || metas.size >= METAS_MAX) return
  metas.set(name, content)
}

/**
 * Reads as far as the body and no further, in one pass. It takes pages as they come: nothing here has
 * to be well-formed, and nothing of it is ever shown but as text.
 */
export function readHead(html: string): PageHead {
  const metas = new Map<string, string>()
  let title: string | undefined
  let at = html.indexOf('<')
  for (let tags = 0; at !== -1 && tags < TAGS_MAX; tags += 1) {
    if (html.startsWith('<!--', at)) {
      const end = html.indexOf('-->', at + 4)
      at = end === -1 ? -1 : html.indexOf('<', end + 3)
      continue
    }
    const isClosing = html[at + 1] === '/'
    TAG_NAME.lastIndex = at + (isClosing ? 2 : 1)
    const name = TAG_NAME.exec(html)?.[0].toLowerCase()
    if (name === undefined) {
      at = html.indexOf('<', at + 1)
      continue
    }
    if ((isClosing && name === 'head') || name === 'body') break
    const { values, end } = attributesOf(html, TAG_NAME.lastIndex)
    let next = end
    if (!isClosing && name === 'title') {
      next = find(html, /<\/title/giu, end)
      title ??= html.slice(end, next)
    } else if (!isClosing && OPAQUE.has(name)) {
      next = find(html, new RegExp(`</${name}`, 'giu'), end)
    } else if (name === 'meta') {
      noteMeta(metas, values)
    }
    at = html.indexOf('<', next)
  }
  return { title, metas }
}
