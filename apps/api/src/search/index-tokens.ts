import { createHash } from 'node:crypto'
import { foldPlain } from './fold-text.ts'
import type { ParsedQuery } from './parse-query.ts'
import type { SearchDoc, SearchFilters } from './search-index.ts'
import { splitAtoms, splitPlain } from './split-atoms.ts'

/** Width of the column. What is longer is cut, and told apart by looking at the message. */
export const TOKEN_BYTES = 32
/** Words beyond are not found: a message of so many different ones is data. */
export const TOKENS_PER_DOC = 2_000

/** Before what is no word, so that no word can be taken for it. */
const MARK = '\u0001'
export const EVERY_MESSAGE = `${MARK}*`
const KNOWN_SENDERS = 10_000
const senders = new Map<string, string>()

function fromToken(userId: string): string {
  const known = senders.get(userId)
  if (known !== undefined) return known
  const hash = createHash('sha256').update(userId).digest('base64url').slice(0, 16)
  if (senders.size >= KNOWN_SENDERS) senders.clear()
  senders.set(userId, `${MARK}f${hash}`)
  return `${MARK}f${hash}`
}
const threadToken = (seq: number): string => `${MARK}t${seq}`
const hasToken = (what: 'file' | 'link'): string => `${MARK}h${what}`

const encoder = new TextEncoder()

function cut(word: string): string {
  // No character has more than three bytes a code unit.
  if (word.length * 3 <= TOKEN_BYTES) return word
  let bytes = 0
  let end = 0
  for (const char of word) {
    bytes += encoder.encode(char).length
    if (bytes > TOKEN_BYTES) break
    end += char.length
  }
  return word.slice(0, end)
}

/**
 * Words as they are. Of characters each with the next one, and the last of a run alone: so one of
 * them is the beginning of a token wherever it stands.
 */
function addTokens(field: string, into: Set<string>): void {
  const folded = foldPlain(field)
  const words = splitPlain(folded)
  if (words !== null) {
    for (const word of words) {
      into.add(cut(word))
      if (into.size >= TOKENS_PER_DOC) return
    }
    return
  }
  const atoms = splitAtoms(folded)
  for (const [i, atom] of atoms.entries()) {
    const next = atoms[i + 1]
    into.add(cut(atom.isChar && next?.isGlued === true ? atom.text + next.text : atom.text))
    if (into.size >= TOKENS_PER_DOC) return
  }
}

/** What a message is found by. */
export function docTokens(doc: SearchDoc): string[] {
  const tokens = new Set([EVERY_MESSAGE, fromToken(doc.senderId)])
  if (doc.threadId !== undefined) tokens.add(threadToken(doc.threadId))
  if (doc.hasFile) tokens.add(hasToken('file'))
  if (doc.hasLink) tokens.add(hasToken('link'))
  for (const field of doc.fields) addTokens(field, tokens)
  return [...tokens]
}

/** What every message that is found has in the index; `prefix` may begin one of its words. */
export interface IndexTerms {
  readonly exact: readonly string[]
  readonly prefixes: readonly string[]
}

export function queryTerms(query: ParsedQuery, filters: SearchFilters): IndexTerms {
  const exact = new Set<string>()
  const prefixes = new Set<string>()
  if (filters.from !== undefined) exact.add(fromToken(filters.from))
  if (filters.threadId !== undefined) exact.add(threadToken(filters.threadId))
  for (const what of filters.has ?? []) exact.add(hasToken(what))
  for (const { atoms, isPrefix } of query.phrases) {
    for (const [i, atom] of atoms.entries()) {
      const next = atoms[i + 1]
      if (atom.isChar) {
        if (next?.isGlued === true) exact.add(cut(atom.text + next.text))
        // Alone, or the first of a token that goes on.
        else if (!atom.isGlued) prefixes.add(cut(atom.text))
      } else if (isPrefix && i === atoms.length - 1) prefixes.add(cut(atom.text))
      else exact.add(cut(atom.text))
    }
  }
  // A prefix of something that is asked for anyway says nothing new.
  const needed = [...prefixes].filter((prefix) => ![...exact].some((one) => one.startsWith(prefix)))
  return { exact: [...exact], prefixes: needed }
}
