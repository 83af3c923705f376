import { ERROR_CODES } from '@parley/message-schema'
import { describe, expect, test } from 'vitest'
import { createPlural } from './plural.ts'
import { stringsOf, type Strings } from './strings.ts'

const languages = ['en', 'zh'] as const

describe.each(languages)('in %s', (language) => {
  const strings = stringsOf(language)

  test('every error of the server has words that say what to do', () => {
    expect(Object.keys(strings.errors).toSorted()).toEqual([...ERROR_CODES].toSorted())
    for (const words of Object.values(strings.errors)) expect(words).not.toBe('')
  })

  test('no text is empty', () => {
    const plain = Object.entries(strings).filter(([, value]) => typeof value === 'string')
    for (const [key, value] of plain) expect([key, value]).not.toEqual([key, ''])
  })

  test('names stand where they belong, whatever is in them', () => {
    const name = '$& {name} #'
    expect(strings.writeTo(name)).toContain(name)
    expect(strings.said(name, 'hello')).toContain('hello')
    expect(strings.typing(name, 1, 0)).toContain('$& {name}')
  })
})

test('one is one and many are many', () => {
  const of = ({ newCount, typing }: Strings): readonly string[] => [
    newCount(1),
    newCount(1_200),
    typing('Ana', 1, 0),
    typing('Ana and Bo', 2, 0),
    typing('Ana', 1, 3),
  ]
  expect(of(stringsOf('en'))).toEqual([
    '1 new message',
    '1,200 new messages',
    'Ana is typing…',
    'Ana and Bo are typing…',
    'Ana and 3 others are typing…',
  ])
  expect(of(stringsOf('zh'))).toEqual([
    '1 条新消息',
    '1,200 条新消息',
    'Ana正在输入…',
    'Ana and Bo正在输入…',
    'Ana和另外 3 人正在输入…',
  ])
})

test('a language with more forms than two is asked for by its own rules', () => {
  const plural = createPlural('pl')
  const forms = { one: '# plik', few: '# pliki', many: '# plików', other: '# pliku' }
  expect([1, 3, 5, 22].map((count) => plural(count, forms))).toEqual([
    '1 plik',
    '3 pliki',
    '5 plików',
    '22 pliki',
  ])
})
