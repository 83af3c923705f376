import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { ChatScreen } from './chat-screen.ts'

function openScreen(hasColour = false) {
  const input = new PassThrough()
  const output = new PassThrough()
  const screen = new ChatScreen({ input, output, hasColour })
  return { screen, input, printed: () => String(output.read() ?? '') }
}
const now = new Date().toISOString()

test('what somebody wrote can neither move the cursor nor colour the terminal', () => {
  const { screen, printed } = openScreen()
  screen.message(now, 'bob', 'a\u001B[2J\u001B[31mred\u202Eb')

  expect(printed()).toMatch(/^\d\d:\d\d {2}bob {2}a \[2J \[31mred b\n$/u)
})

test('lines that came before anybody read are not lost', async () => {
  const { screen, input } = openScreen()
  input.end('one\ntwo\n')
  await new Promise((resolve) => setImmediate(resolve))
  const lines: string[] = []
  for await (const line of screen.lines()) lines.push(line)

  expect(lines).toEqual(['one', 'two'])
})

test('an older message stands under its date', () => {
  const { screen, printed } = openScreen()
  screen.message(new Date(2020, 1, 3, 12).toISOString(), 'bob', 'hi', 'edited')

  expect(printed()).toMatch(/^· Mon Feb 03 2020\n.*bob {2}hi \(edited\)\n$/u)
})
