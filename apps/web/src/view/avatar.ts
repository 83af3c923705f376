import { element } from './element.ts'

/** Initials on a colour of one's own, the same everywhere. Decoration: the name stands beside it. */
export function avatar(id: string, name: string): HTMLElement {
  const node = element('span', { className: 'avatar', aria: { hidden: 'true' } }, initials(name))
  node.style.setProperty('--hue', String(hue(id)))
  return node
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/u)
  const first = [...(words[0] ?? '')]
  // Of a Chinese name the last character tells people apart better than the first.
  if (/\p{Script=Han}/u.test(name)) return first.at(-1) ?? '?'
  const second = words.length > 1 ? [...(words.at(-1) ?? '')][0] : ''
  return `${first[0] ?? '?'}${second ?? ''}`.toUpperCase()
}

function hue(id: string): number {
  let hash = 7
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 100_003
  return Math.round((hash * 137.5) % 360)
}
