import { expect, test } from 'vitest'
import { emojiAt, type EmojiName, findEmoji } from './emoji-names.ts'

const NAMES: readonly EmojiName[] = [
  ['👎', 'thumbs down', ['-1', 'thumbsdown'], ['bad', 'no']],
  ['👍', 'thumbs up', ['+1', 'thumbsup'], ['good', 'yes']],
  ['🎉', 'party popper', ['tada'], ['celebrate', 'party']],
  ['🥳', 'partying face', ['partying_face'], ['celebration']],
  ['🦜', 'parrot', ['parrot'], ['bird']],
]
const found = (words: string): readonly string[] => findEmoji(NAMES, words).map(([one]) => one)

test('a name of an emoji is written after a colon that begins a word', () => {
  expect(emojiAt('hi :thu', 7)).toEqual({ from: 3, words: 'thu' })
  expect(emojiAt(':+1', 3)).toEqual({ from: 0, words: '+1' })
  expect(emojiAt('你好:赞', 4)).toEqual({ from: 2, words: '赞' })
  expect(emojiAt('(:heart_eyes', 12)).toEqual({ from: 1, words: 'heart_eyes' })
})

test.each([
  ['a time', 'at 12:30', 8],
  ['an address of the web', 'https://example.org', 19],
  ['a face made of signs', 'well :D', 7],
  ['after a word', 'note:this', 9],
  ['two words', ':party popper', 13],
  ['a name that was shut', ':tada:', 6],
  ['nothing', ':', 1],
  ['before the colon', ':thu', 0],
])('no emoji is asked for by %s', (_what, text, caret) => {
  expect(emojiAt(text, caret)).toBeNull()
})

test('what is called just so comes first, then what begins so, then what is like it', () => {
  expect(found('thu')).toEqual(['👎', '👍'])
  expect(found('+1')).toEqual(['👍'])
  expect(found('Tada')).toEqual(['🎉'])
  expect(found('party')).toEqual(['🥳', '🎉'])
  expect(found('celebr')).toEqual(['🎉', '🥳'])
  expect(found('popper')).toEqual(['🎉'])
  expect(found('nothing')).toEqual([])
})

test('only a few are offered', () => {
  const many = Array.from({ length: 50 }, (_, n): EmojiName => [
    `e${n}`,
    `face ${n}`,
    [`face_${n}`],
    [],
  ])
  expect(findEmoji(many, 'face')).toHaveLength(8)
})
