import { element } from './element.ts'

/** Initials on a colour of one's own, the same everywhere. Decoration: the name stands beside it. */
export function avatar(id: string, name: string): HTMLElement {
  const node = element('span', { className: 'avatar', aria: { hidden: 'true' } }, initials(name))
  node.style.setProperty('--hue', String(hue(id)))
  return node
}

export function initials(name: string): string {
  // Of a Chinese name the last character tells people apart better than the first.
  const last = /^\p{Script=Han}*(\p{Script=Han})$/u.exec(name.trim())?.[1]
  if (last !== undefined) return last
  const words = name.trim().split(/[\s,]+/u)
  const second = words.length > 1 ? firstLetter(words.at(-1)) : ''
  return `${firstLetter(words[0])}${second}`.toUpperCase() || '?'
}

/** Of code points, so that no character is cut in two. */
const firstLetter = (word = ''): string => /^./u.exec(word)?.[0] ?? ''

function hue(id: string): number {
  let hash = 7
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 100_003
  return Math.round((hash * 137.5) % 360)
}
