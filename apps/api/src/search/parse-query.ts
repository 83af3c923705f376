import { foldText } from './fold-text.ts'
import { splitAtoms, type Atom } from './split-atoms.ts'

/** Atoms that have to follow one another. */
export interface QueryPhrase {
  readonly atoms: readonly Atom[]
  /** The last word may go on: it is still being typed. */
  readonly isPrefix: boolean
}

/** All of them have to be found, anywhere in the text. */
export interface ParsedQuery {
  readonly phrases: readonly QueryPhrase[]
}

const MAX_PHRASES = 16
const QUOTES = /["“”„«»「」『』]/u

/**
 * Words between blanks, and phrases in quotation marks of whatever kind. There are no operators:
 * whatever else is typed separates words. A quotation that is not ended goes to the end.
 */
export function parseQuery(q: string): ParsedQuery {
  const phrases: QueryPhrase[] = []
  const add = (typed: string, isPrefix: boolean): void => {
    const atoms = splitAtoms(foldText(typed).text)
    const last = atoms.at(-1)
    if (last === undefined || phrases.length >= MAX_PHRASES) return
    phrases.push({ atoms, isPrefix: isPrefix && !last.isChar })
  }
  const parts = q.split(QUOTES)
  parts.forEach((part, index) => {
    if (index % 2 === 1) {
      add(part, false)
      return
    }
    const words = part.split(/\s+/u).filter((word) => word !== '')
    const isLastPart = index === parts.length - 1
    words.forEach((word, at) => add(word, isLastPart && at === words.length - 1))
  })
  return { phrases }
}
