import { expect, test } from 'vitest'
import { isEmojiOnly, parseText } from './parse-text.ts'

const kinds = (text: string, mentioned?: Parameters<typeof parseText>[1]): string[] =>
  parseText(text, mentioned).map(({ kind, text: shown }) => `${kind}:${shown}`)

test('links are found, and only those that cannot run in a page', () => {
  expect(parseText('see https://example.com/a?b=c#d.')).toEqual([
    { kind: 'words', text: 'see ' },
    { kind: 'link', text: 'https://example.com/a?b=c#d', href: 'https://example.com/a?b=c#d' },
    { kind: 'words', text: '.' },
  ])
  for (const bad of ['javascript:alert(1)', 'data:text/html,<b>', 'vbscript:x', 'file:///etc/x'])
    expect(parseText(bad).some(({ kind }) => kind === 'link')).toBe(false)
  expect(kinds('mail a@example.com')).toEqual(['words:mail ', 'link:a@example.com'])
})

test('markup is text', () => {
  expect(kinds('<img src=x onerror=alert(1)>')).toEqual(['words:<img src=x onerror=alert(1)>'])
})

test('code is as it was written, whatever is in it', () => {
  expect(kinds('run `npm start` now')).toEqual(['words:run ', 'code:npm start', 'words: now'])
  expect(parseText('```js\nlet a = "https://x.io"\n```')).toEqual([
    { kind: 'block', language: 'js', text: 'let a = "https://x.io"' },
  ])
  expect(kinds('so:\n```\n  a\n\n```\n\nthen')).toEqual([
    'words:so:',
    'block:  a\n',
    'words:\nthen',
  ])
  expect(kinds('a ` b')).toEqual(['words:a ` b'])
})

test('a mention is of somebody whom the message mentions, by the longest name', () => {
  const people = [
    { userId: '1', name: 'Anna' },
    { userId: '2', name: 'Anna Maria (HR)' },
    { userId: null, name: 'room' },
  ]
  expect(parseText('@anna maria (hr), @Anna: @room', people)).toEqual([
    { kind: 'mention', text: '@anna maria (hr)', userId: '2' },
    { kind: 'words', text: ', ' },
    { kind: 'mention', text: '@Anna', userId: '1' },
    { kind: 'words', text: ': ' },
    { kind: 'mention', text: '@room', userId: null },
  ])
  expect(kinds('@Ben and mail@Anna', people)).toEqual(['words:@Ben and mail@Anna'])
  expect(kinds('@王小明 你好', [{ userId: '3', name: '王小明' }])).toEqual([
    'mention:@王小明',
    'words: 你好',
  ])
})

test('a name may have any signs in it', () => {
  const name = 'Anne-Marie [x]{2} (a|b) ^$.*+?/\\ &~!'
  expect(parseText(`@${name} hi`, [{ userId: '1', name }])).toEqual([
    { kind: 'mention', text: `@${name}`, userId: '1' },
    { kind: 'words', text: ' hi' },
  ])
})

test('a few emoji alone are larger', () => {
  expect(['👍', '👩‍👩‍👧‍👦 🇩🇪', '❤️'].map(isEmojiOnly)).toEqual([true, true, true])
  expect(['', 'ok 👍', '123', '👍👍👍👍'].map(isEmojiOnly)).toEqual([false, false, false, false])
})
