import { describe, expect, test } from 'vitest'
import { foldPlain, foldText } from './fold-text.ts'
import { docTokens, queryTerms, TOKEN_BYTES, TOKENS_PER_DOC } from './index-tokens.ts'
import { matchText } from './match-text.ts'
import { parseQuery } from './parse-query.ts'
import { splitAtoms, splitPlain } from './split-atoms.ts'

const marked = (q: string, text: string): string[] | null => {
  const ranges = matchText(parseQuery(q), [text])
  return ranges === null ? null : ranges.map(([start, end]) => text.slice(start, end))
}
const finds = (q: string, text: string): boolean => marked(q, text) !== null

const docOf = (text: string) => ({
  roomId: '',
  seq: 1,
  revision: 1,
  at: 1,
  senderId: 'ada',
  hasFile: false,
  hasLink: false,
  fields: [text],
})

describe('words', () => {
  test.each([
    ['hello', 'Hello, World!', ['Hello']],
    ['WORLD hello', 'Hello, World!', ['Hello', 'World']],
    ['wor', 'Hello, World!', ['Wor']],
    ['cafe', 'un café', ['café']],
    ['café', 'un cafe\u0301.', ['cafe\u0301']],
    ['STRASSE', 'die Straße', ['Straße']],
    ['ΟΔΟΣ', 'οδός', ['οδός']],
    ['istanbul', 'İstanbul', ['İstanbul']],
    ['елка', 'Ёлка', ['Ёлка']],
    ['parley', 'ｐａｒｌｅｙ', ['ｐａｒｌｅｙ']],
    ["don't", 'I don’t know', ['don’t']],
    ['foo-bar', 'see foo_bar', ['foo_bar']],
    ['v1.2', 'Released v1.2.3', ['v1.2']],
    ['naïve approach', 'a naive approach', ['naive', 'approach']],
  ])('%s in %s', (q, text, expected) => expect(marked(q, text)).toEqual(expected))

  test.each([
    ['ello', 'Hello'],
    ['hel world', 'hello world'],
    ['hello there', 'hello world'],
    ['foo-bar', 'bar foo'],
  ])('%s not in %s', (q, text) => expect(finds(q, text)).toBe(false))
})

describe('phrases', () => {
  test.each([
    ['"quick brown"', 'the quick, brown fox', ['quick, brown']],
    ['„brown fox“ the', 'the quick brown fox', ['the', 'brown fox']],
    ['"quick brown', 'a quick brown fox', ['quick brown']],
  ])('%s in %s', (q, text, expected) => expect(marked(q, text)).toEqual(expected))

  test('need the whole of their last word, and their order', () => {
    expect(finds('"quick bro"', 'quick brown')).toBe(false)
    expect(finds('"brown quick"', 'quick brown')).toBe(false)
    expect(finds('“quick brown”', 'quick red brown')).toBe(false)
  })
})

describe('scripts without blanks', () => {
  test.each([
    ['会议', '明天的会议改到三点', ['会议']],
    ['三点', '明天的会议改到三点', ['三点']],
    ['点', '明天的会议改到三点', ['点']],
    ['明天 会议', '会议在明天', ['会议', '明天']],
    ['東京', '東京タワーへ行く', ['東京']],
    ['タワー', '東京タワーへ行く', ['タワー']],
    ['ﾀﾜｰ', '東京タワーへ', ['タワー']],
    ['が', 'ﾆﾎﾝが', ['が']],
    ['회의', '내일 회의를 합니다', ['회의']],
    ['\u1112\u116c\u110b\u1174', '회의를', ['회의']],
    ['iPhone手机', '新的 iPhone 手机壳', ['iPhone 手机']],
    ['ภาษา', 'ฉันเรียนภาษาไทย', ['ภาษา']],
  ])('%s in %s', (q, text, expected) => expect(marked(q, text)).toEqual(expected))

  test.each([
    ['天会', '今天，会议'],
    ['议会', '会议'],
    ['か', 'が'],
    ['明天会议', '明天的会议'],
  ])('%s not in %s', (q, text) => expect(finds(q, text)).toBe(false))
})

test('emoji are found, whole in their code units', () => {
  expect(marked('🎉', 'done 🎉🎉 x')).toEqual(['🎉🎉'])
  expect(marked('👍🏽', 'ok 👍')).toEqual(['👍'])
  expect(finds('👍', 'ok 👍🏿 fine')).toBe(true)
  expect(finds('👧', '👩‍👩‍👧 family')).toBe(true)
  expect(finds('🇩🇪', 'go 🇩🇪!')).toBe(true)
  expect(finds('🇩🇪', 'go 🇫🇷!')).toBe(false)
})

test('highlights are right behind what takes two code units, and do not overlap', () => {
  const text = '𝔘𝔫𝔦 😀 𠮷野家 party'
  expect(marked('uni 𠮷野 part', text)).toEqual(['𝔘𝔫𝔦', '𠮷野', 'part'])
  expect(matchText(parseQuery('"a b" b "b c"'), ['a b c'])).toEqual([[0, 5]])
  expect(matchText(parseQuery('x'), ['no', 'file x.pdf'])).toEqual([])
})

test('nothing that is typed is an operator', () => {
  const text = 'one two'
  for (const q of [
    '+one',
    '-one',
    '(one',
    'one)',
    '~one <two> @3',
    '*',
    "one' OR 1=1 --",
    '%_\\',
  ]) {
    const { phrases } = parseQuery(q)
    expect(() => matchText({ phrases }, [text])).not.toThrow()
  }
  expect(finds('-one', text)).toBe(true)
  expect(finds("one' OR", text)).toBe(false)
  expect(parseQuery('*** \u0001*').phrases).toEqual([])
})

test('whatever is found has all that the index is asked for', () => {
  const texts = [
    '今天天气很好 today',
    'İstanbul Straße ﬁn',
    '👩‍👩‍👧🎉',
    'x'.repeat(100),
    'ｱｲｳ가나다 1.5',
  ]
  for (const text of texts) {
    const tokens = docTokens(docOf(text))
    for (const q of [
      '今天天气',
      '天',
      '好',
      'tod',
      'strasse',
      'fi',
      '🎉',
      '👧',
      'x'.repeat(90),
      '가나',
      'ア',
      '5',
    ]) {
      if (!finds(q, text)) continue
      const { exact, prefixes } = queryTerms(parseQuery(q), {})
      expect(tokens).toEqual(expect.arrayContaining([...exact]))
      for (const prefix of prefixes) {
        expect(tokens.some((token) => token.startsWith(prefix))).toBe(true)
      }
    }
  }
})

test('tokens are bounded in length and number', () => {
  const long = docTokens(docOf('é😀漢'.repeat(50) + 'ж'.repeat(500)))
  for (const token of long) {
    expect(Buffer.byteLength(token)).toBeLessThanOrEqual(TOKEN_BYTES)
    expect(token.isWellFormed()).toBe(true)
  }
  const many = Array.from({ length: 5_000 }, (_, n) => `w${n}`).join(' ')
  expect(docTokens(docOf(many))).toHaveLength(TOKENS_PER_DOC)
})

test('folding keeps the place of everything', () => {
  const { text, startOf, endOf } = foldText('ﬃ é')
  expect(text).toBe('ffi e')
  expect([0, 1, 2].map((i) => [startOf(i), endOf(i)])).toEqual([
    [0, 1],
    [0, 1],
    [0, 1],
  ])
  expect([startOf(4), endOf(4)]).toEqual([2, 3])
})

test('the short ways of an index fold and split as the long ones of a search', () => {
  const characters = [
    ...Array.from(
      'aZ9 _-\n\u0000\u00a0İßςΣéÉＡ①ﬁ\u0301\u0338\u3099\u20d2か\u3099ｶ\uff9e会ᄀ\u1161한🎉👩🏽\u200d',
    ),
    'E\u0301',
    'ABE\u0301',
    'Word ',
    '\ud83d',
  ]
  let state = 1
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let n = 0; n < 20_000; n += 1) {
    const text = Array.from(
      { length: 1 + random(8) },
      () => characters[random(characters.length)],
    ).join('')
    const atoms = splitAtoms(foldText(text).text)
    expect(splitAtoms(foldPlain(text)), JSON.stringify(text)).toEqual(atoms)
    const words = splitPlain(foldPlain(text))
    if (words !== null) expect(words).toEqual(atoms.map((atom) => atom.text))
  }
})
