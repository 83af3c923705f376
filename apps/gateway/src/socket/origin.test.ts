import { expect, test } from 'vitest'
import { isOriginAllowed } from './origin.ts'

const listed = ['https://app.example', 'http://localhost:5173']

test.each([
  ['a program, which sends none', undefined, 'chat.example', listed],
  ['the page of the gateway itself', 'https://chat.example', 'chat.example', []],
  ['that page on another port', 'http://chat.example:8080', 'chat.example:8080', []],
  ['a listed page', 'https://app.example', 'chat.example', listed],
  ['any page, where all are welcome', 'https://evil.example', 'chat.example', ['*']],
])('%s may connect', (_, origin, host, allowed) => {
  expect(isOriginAllowed(origin, host, allowed)).toBe(true)
})

test.each([
  ['another page', 'https://evil.example'],
  ['a page of another scheme', 'http://app.example'],
  ['a page of another port', 'https://app.example:444'],
  ['a page whose name begins with ours', 'https://chat.example.evil.example'],
  ['a page whose name ends with ours', 'https://evilchat.example'],
  ['a page under a listed one', 'https://sub.app.example'],
  ['a user name that looks like ours', 'https://chat.example@evil.example'],
  ['a sandbox', 'null'],
  ['nothing', ''],
  ['no URL', '///'],
  ['a file', 'file://'],
])('%s may not', (_, origin) => {
  expect(isOriginAllowed(origin, 'chat.example', listed)).toBe(false)
})

test('a request without a host is of no page of ours', () => {
  expect(isOriginAllowed('https://chat.example', undefined, [])).toBe(false)
})
