import { createHash } from 'node:crypto'
import {
  invalid,
  LIMITS,
  ParleyError,
  type BlockedWord,
  type BlockedWordDraft,
} from '@parley/message-schema'
import { v7 as uuidv7 } from 'uuid'
import { byKey } from '../audit/audit-entry.ts'
import type { KeyIdentity } from '../auth/caller.ts'
import type {
  BlockedWordStore,
  StoredWord,
  WordsOutcome,
} from '../db/messages/blocked-word-store.ts'
import { foldText } from '../preparation/fold-text.ts'

export interface ManageWordsPorts {
  readonly store: Omit<BlockedWordStore, 'all'>
  readonly refreshLists: () => Promise<void>
}

type WordChange = {
  readonly [Field in keyof BlockedWordDraft]?: BlockedWordDraft[Field] | undefined
}

export interface ManageWords {
  readonly list: BlockedWordStore['list']
  readonly find: (id: string) => Promise<BlockedWord>
  readonly add: (caller: KeyIdentity, drafts: readonly BlockedWordDraft[]) => Promise<BlockedWord[]>
  readonly change: (caller: KeyIdentity, id: string, change: WordChange) => Promise<BlockedWord>
  readonly remove: (caller: KeyIdentity, id: string) => Promise<void>
}

/** Of how it is compared, and where it has gaps: `don't` and `dont` may both be in the list. */
function toStored(word: BlockedWord): StoredWord {
  const { letters, gaps } = foldText(word.word, false)
  if (letters.length === 0) {
    throw invalid('word', 'nothing that is compared is left of it')
  }
  const parts = gaps.map((gap, at) => (at > 0 && gap !== 0 ? 1 : 0))
  const folded = createHash('sha256')
    .update(JSON.stringify([letters, parts]))
    .digest()
  return { word, folded }
}

const missing = (): ParleyError =>
  new ParleyError('NOT_FOUND', { message: 'There is no such word in the list.' })

function refuse(outcome: WordsOutcome): void {
  if (outcome === 'done') return
  if (outcome === 'missing') throw missing()
  if (outcome === 'too-many') {
    throw new ParleyError('REJECTED', {
      message: `The list holds at most ${LIMITS.blockedWords} words.`,
    })
  }
  throw new ParleyError('CONFLICT', {
    message: `${outcome.taken.length} of these words are in the list already.`,
    details: { words: outcome.taken.slice(0, 20) },
  })
}

function refuseTwice(words: readonly StoredWord[]): void {
  const seen = new Set<string>()
  for (const [index, { folded }] of words.entries()) {
    const key = folded.toString('hex')
    if (seen.has(key)) {
      throw invalid(`words.${index}`, 'is there twice')
    }
    seen.add(key)
  }
}

export function createManageWords({ store, refreshLists }: ManageWordsPorts): ManageWords {
  async function find(id: string): Promise<BlockedWord> {
    const word = await store.find(id)
    if (word === null) throw missing()
    return word
  }

  return {
    list: store.list,
    find,

    async add(caller, drafts) {
      const createdAt = new Date().toISOString()
      const words = drafts.map((draft) =>
        toStored({ ...draft, id: uuidv7(), createdAt, createdBy: caller.keyId }),
      )
      refuseTwice(words)
      // The audit log may be read by people who should not have to read the list.
      const details = { words: words.length }
      refuse(await store.add(words, { ...byKey(caller.keyId, 'words:added'), details }))
      await refreshLists()
      return words.map(({ word }) => word)
    },

    async change(caller, id, { word, mode, action, lookalikes }) {
      const before = await find(id)
      const changed = {
        ...before,
        word: word ?? before.word,
        mode: mode ?? before.mode,
        action: action ?? before.action,
        lookalikes: lookalikes ?? before.lookalikes,
      }
      refuse(await store.change(toStored(changed), byKey(caller.keyId, 'words:changed', id)))
      await refreshLists()
      return changed
    },

    async remove(caller, id) {
      refuse(await store.remove(id, byKey(caller.keyId, 'words:deleted', id)))
      await refreshLists()
    },
  }
}
