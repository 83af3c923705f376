import type { Chat } from '@parley/client'
import { expect, test, vi } from 'vitest'
import { keepUploads, uploadsAt } from './kept-uploads.ts'

function aChat() {
  const cancel = vi.fn<() => void>()
  const upload = () => ({ done: new Promise(() => undefined), progress: null, cancel })
  return { chat: { files: { upload } } as unknown as Chat, cancel }
}
const file = (): File => new File(['x'], 'x.txt')

test('files wait where they were put, while one looks into other rooms', () => {
  const { chat, cancel } = aChat()
  const here = uploadsAt(chat, 'a/')
  const leave = keepUploads(chat, 'a/', here)
  here.add([file()])
  leave()
  const there = uploadsAt(chat, 'b/')
  keepUploads(chat, 'b/', there)()
  expect(there.files.current).toEqual([])
  expect(uploadsAt(chat, 'a/')).toBe(here)
  expect(here.files.current).toHaveLength(1)
  expect(cancel).not.toHaveBeenCalled()
  // Of another account nothing is known.
  expect(uploadsAt(aChat().chat, 'a/').files.current).toEqual([])
})

test('those of twenty places are kept, what was left first is given up', () => {
  const { chat, cancel } = aChat()
  for (let n = 0; n <= 20; n += 1) {
    const uploads = uploadsAt(chat, `${n}/`)
    const leave = keepUploads(chat, `${n}/`, uploads)
    uploads.add([file()])
    leave()
  }
  expect(cancel).toHaveBeenCalledTimes(1)
  expect(uploadsAt(chat, '0/').files.current).toEqual([])
  expect(uploadsAt(chat, '1/').files.current).toHaveLength(1)
})
