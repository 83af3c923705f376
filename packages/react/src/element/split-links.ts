export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef]+/giu
const CLOSING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' }

/** Text with its `http` and `https` addresses as links. Joined again the parts are the text. */
export function splitLinks(text: string): readonly TextPart[] {
  const parts: TextPart[] = []
  let done = 0
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimEnd(match[0])
    const href = hrefOf(address)
    if (href === null) continue
    if (match.index > done) parts.push({ kind: 'text', text: text.slice(done, match.index) })
    parts.push({ kind: 'link', text: address, href })
    done = match.index + address.length
  }
  if (done < text.length) parts.push({ kind: 'text', text: text.slice(done) })
  return parts
}

/** The full stop of the sentence is not part of the address, nor is a bracket that it did not open. */
function trimEnd(address: string): string {
  const counts = new Map<string, number>()
  for (const character of address) counts.set(character, (counts.get(character) ?? 0) + 1)
  let end = address.length
  for (; end > 0; end -= 1) {
    const last = address.charAt(end - 1)
    const opening = CLOSING[last]
    if (opening !== undefined) {
      const closings = counts.get(last) ?? 0
      if (closings <= (counts.get(opening) ?? 0)) break
      counts.set(last, closings - 1)
    } else if (!'.,:;!?*_~'.includes(last)) break
  }
  return address.slice(0, end)
}

function hrefOf(address: string): string | null {
  if (!URL.canParse(address)) return null
  const { protocol, host, href } = new URL(address)
  return host !== '' && (protocol === 'https:' || protocol === 'http:') ? href : null
}
