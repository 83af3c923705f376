import { describe, expect, test } from 'vitest'
import {
  createMatchWords,
  maskSpans,
  type MatchWords,
  type Span,
  type WordEntry,
} from './match-words.ts'

const entry = (word: string, more: Partial<WordEntry> = {}): WordEntry => ({
  word,
  mode: 'word',
  action: 'mask',
  lookalikes: true,
  ...more,
})
const spansOf = (match: MatchWords, text: string): Span[] => {
  const spans: Span[] = []
  match(text, (_entry, start, end) => {
    spans.push([start, end])
    return false
  })
  return spans
}
const found = (text: string, ...words: (string | WordEntry)[]): string[] => {
  const list = words.map((word) => (typeof word === 'string' ? entry(word) : word))
  const said = spansOf(createMatchWords(list), text).map(([start, end]) => text.slice(start, end))
  return [...new Set(said)]
}

describe('a word', () => {
  test.each([
    ['you are bad', 'bad'],
    ['BAD', 'BAD'],
    ['Bad!', 'Bad'],
    ['(bad)', 'bad'],
    ['so "bad".', 'bad'],
    ['bád', 'bád'],
    ['ba\u0301d', 'ba\u0301d'],
    ['ｂａｄ', 'ｂａｄ'],
    ['𝐛𝐚𝐝', '𝐛𝐚𝐝'],
    ['ⓑⓐⓓ', 'ⓑⓐⓓ'],
    ['b\u200ba\u200dd', 'b\u200ba\u200dd'],
    ['b\u00ada\u2060d', 'b\u00ada\u2060d'],
    ['b a d', 'b a d'],
    ['so b a d it is', 'b a d'],
    ['b.a.d', 'b.a.d'],
    ['b-a-d', 'b-a-d'],
    ['b_a_d', 'b_a_d'],
    ['b*a*d', 'b*a*d'],
    ['b  -  a  -  d', 'b  -  a  -  d'],
    ['b\na\nd', 'b\na\nd'],
    ['b.ad', 'b.ad'],
    ['_bad_', 'bad'],
    ['bаd', 'bаd'],
    ['b4d', 'b4d'],
    ['b@d', 'b@d'],
    ['8ad', '8ad'],
    ['🅱ad', '🅱ad'],
    ['你bad吗', 'bad'],
    [
      'u\u0300\u0301\u0302\u0303 b\u0300\u0301\u0302a\u0303d\u0304',
      'b\u0300\u0301\u0302a\u0303d\u0304',
    ],
  ])('%j is found', (text, match) => {
    expect(found(text, 'bad')).toEqual([match])
  })

  test.each([
    'badge',
    'abad',
    'forbade',
    'baaad',
    'bad1',
    'ab ad',
    'b ad',
    'ba d',
    'b a dog',
    'ab a d',
    'b'.concat(' '.repeat(9), 'a', ' '.repeat(9), 'd'),
    '',
    '   ',
    '844 4',
  ])('%j is another', (text) => {
    expect(found(text, 'bad')).toEqual([])
  })

  test.each([
    ['Scunthorpe', 'cunt'],
    ['a classic', 'ass'],
    ['the assassin passes', 'ass'],
    ['as soon as she', 'ass'],
    ['is hit', 'shit'],
    ['he’ll go', 'hell'],
    ["he'll go", 'hell'],
    ['she’d', 'shed'],
    ['the number 455', 'ass'],
    ['call 8008135', 'boobies'],
    ['Penistone', 'penis'],
    ['therapist', 'rapist'],
  ])('%j does not have it', (text, word) => {
    expect(found(text, word)).toEqual([])
  })

  test('two letters may stand alone without being a word', () => {
    expect(found('i a m', 'ia')).toEqual([])
  })

  test('of an apostrophe or several words is found as it stands in the list, and without it', () => {
    expect(found('I don’t', "don't")).toEqual(['don’t'])
    expect(found('I dont', "don't")).toEqual(['dont'])
    expect(found('go kill yourself now', 'kill yourself')).toEqual(['kill yourself'])
    expect(found('go kill\n\nyourself now', 'kill yourself')).toEqual(['kill\n\nyourself'])
    expect(found('killyourself', 'kill yourself')).toEqual(['killyourself'])
    expect(found('k i l l y o u r s e l f', 'kill yourself')).toHaveLength(1)
    expect(found('skill yourself', 'kill yourself')).toEqual([])
  })
})

describe('anywhere', () => {
  const anywhere = entry('bad', { mode: 'anywhere' })
  test('is also in the middle of others', () => {
    expect(found('forbade', anywhere)).toEqual(['bad'])
    expect(found('xb.a.dx', anywhere)).toEqual(['b.a.d'])
  })
  test('does not join what blanks part', () => {
    expect(found('club adds', anywhere)).toEqual([])
  })
})

describe('scripts without spaces', () => {
  test.each([
    ['你是坏蛋吗', '坏蛋', '坏蛋'],
    ['坏 蛋', '坏蛋', '坏 蛋'],
    ['坏*蛋', '坏蛋', '坏*蛋'],
    ['坏，。蛋', '坏蛋', '坏，。蛋'],
    ['坏😀蛋', '坏蛋', '坏😀蛋'],
    ['坏\u200b蛋', '坏蛋', '坏\u200b蛋'],
    ['おまえはばかだ', 'ばか', 'ばか'],
    ['ﾊﾞｶ', 'バカ', 'ﾊﾞｶ'],
    ['バ・カ', 'バカ', 'バ・カ'],
    ['เลวมาก', 'เลว', 'เลว'],
  ])('%s has %s', (text, word, match) => {
    expect(found(text, word)).toEqual([match])
  })

  test('marks that make another letter are heeded', () => {
    expect(found('はか', 'ばか')).toEqual([])
    expect(found('कि', 'क')).toEqual([])
    expect(found('각', '가')).toEqual([])
  })

  test('Hangul is the same however it is composed, and may be spelled', () => {
    expect(found('시발'.normalize('NFD'), '시발')).toHaveLength(1)
    expect(found('시 발', '시발')).toEqual(['시 발'])
  })
})

describe('look-alikes', () => {
  test('are none where the entry says so', () => {
    const exact = entry('bad', { lookalikes: false })
    expect(found('bаd b4d b@d', exact)).toEqual([])
    expect(found('bad', exact)).toEqual(['bad'])
  })
  test.each([
    ['sh!t', 'shit'],
    ['a$$', 'ass'],
    ['сосk', 'cock'],
    ['ѕpаm', 'spam'],
    ['ΒΑD', 'bad'],
    ['id1ot', 'idiot'],
  ])('%s is %s', (text, word) => {
    expect(found(text, word)).toHaveLength(1)
  })
  test('a sign behind a word is a sign', () => {
    expect(found('bаd!', 'bad')).toEqual(['bаd'])
    expect(found('bad!!!', 'bad')).toEqual(['bad'])
  })
})

describe('masking', () => {
  const mask = (text: string, ...words: string[]) =>
    maskSpans(text, spansOf(createMatchWords(words.map((word) => entry(word))), text))

  test('puts stars for characters, and keeps blanks and everything else', () => {
    expect(mask('so bad, b a d and b.a.d!', 'bad')).toBe('so ***, * * * and *****!')
    expect(mask('你是坏蛋', '坏蛋')).toBe('你是**')
    expect(mask('𝐛𝐚𝐝 x', 'bad')).toBe('*** x')
  })

  test('never fails, and keeps the number of characters, whatever is written', () => {
    const pieces = [
      'b',
      'a',
      'd',
      'bad',
      ' ',
      '.',
      '@',
      '4',
      'а',
      'ß',
      'ﬁ',
      '\u0301',
      '\u200b',
      '坏',
      '蛋',
      '😀',
      '👨‍👩‍👧',
      '\ud800',
      '\udc00',
      '\n',
      'ﾊ',
      'ﾞ',
      '각',
      '\u1100',
      '\u1161',
      'İ',
      '½',
      '🇩🇪',
      '\u0000',
    ]
    const match = createMatchWords(
      ['bad', 'b', '坏蛋', 'ss', 'fi', '12', 'バ', '가', 'i'].map((word) =>
        entry(word, { mode: 'anywhere' }),
      ),
    )
    let seed = 7
    const next = (below: number): number => {
      seed = (seed * 48_271) % 2_147_483_647
      return seed % below
    }
    for (let round = 0; round < 500; round += 1) {
      const text = Array.from({ length: next(40) }, () => pieces[next(pieces.length)]).join('')
      const matches = spansOf(match, text)
      for (const [start, end] of matches) expect(start).toBeLessThan(end)
      const masked = maskSpans(text, matches)
      expect(Array.from(masked)).toHaveLength(Array.from(text).length)
    }
  })
})

test('the list may be long, and its words may end in each other', () => {
  const list = Array.from({ length: 64 }, (_, index) =>
    entry('a'.repeat(index + 1), { mode: 'anywhere' }),
  )
  const match = createMatchWords(list)
  expect(spansOf(match, 'a'.repeat(2_000)).length).toBeGreaterThan(64 * 1_000)
  const words: string[] = []
  const many = Array.from({ length: 10_000 }, (_, index) => entry(`word${index}x`))
  createMatchWords(many)('here is word77x, w.o.r.d.9.x and more', ({ word }) => {
    words.push(word)
    return words.length === 2
  })
  expect(words).toEqual(['word77x', 'word9x'])
})
