/** Of one message; what comes after them has no preview. */
const LINKS_MAX = 3
const LINK_CHARACTERS = 2_048

/** `<https://…>` asks for no preview, as elsewhere. */
const QUIET = /<https?:\/\/[^\s<>]*>/giu
const LINK = /\bhttps?:\/\/[^\s<>"`]+/giu
/** Belongs to the sentence rather than to the link. */
const AFTER = /[.,;:!?'*_~\]}]+$/u

/**
 * Without blocks and spans of code: from a run of backticks to the next run of as many. One pass, where
 * a regular expression could be made to look again and again.
 */
function withoutCode(text: string): string {
  const runs = Array.from(text.matchAll(/`+/gu), ({ 0: { length }, index }) => ({ index, length }))
  const next = new Map<number, number>()
  const closings = runs.map(() => -1)
  for (let at = runs.length - 1; at >= 0; at -= 1) {
    const length = runs[at]?.length ?? 0
    closings[at] = next.get(length) ?? -1
    next.set(length, at)
  }
  let kept = ''
  let from = 0
  for (let at = 0; at < runs.length; at += 1) {
    const closing = closings[at] ?? -1
    const [open, close] = [runs[at], runs[closing]]
    if (open === undefined || close === undefined) continue
    kept += `${text.slice(from, open.index)} `
    from = close.index + close.length
    at = closing
  }
  return kept + text.slice(from)
}

const count = (text: string, character: string): number => text.split(character).length - 1

/** Without what follows it in the sentence, and without a bracket that was opened before it. */
function trimLink(found: string): string {
  let link = found
  for (;;) {
    const shorter = link.replace(AFTER, '')
    const isOpen = shorter.endsWith(')') && count(shorter, ')') > count(shorter, '(')
    const next = isOpen ? shorter.slice(0, -1) : shorter
    if (next === link) return link
    link = next
  }
}

/** The first few http(s) links of a text, outside of code, each once, as `URL` spells them. */
export function findLinks(text: string | undefined): string[] {
  if (text === undefined || !/https?:\/\//iu.test(text)) return []
  const links = new Set<string>()
  for (const [found] of withoutCode(text).replace(QUIET, ' ').matchAll(LINK)) {
    const link = found.length > LINK_CHARACTERS ? '' : trimLink(found)
    if (!URL.canParse(link)) continue
    const { href, username, password } = new URL(link)
    if (username === '' && password === '') links.add(href)
    if (links.size === LINKS_MAX) break
  }
  return [...links]
}
