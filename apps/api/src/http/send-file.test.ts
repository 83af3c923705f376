import { expect, test } from 'vitest'
import { contentDisposition } from './send-file.ts'

test.each([
  ['a.txt', `attachment; filename="a.txt"; filename*=UTF-8''a.txt`],
  [
    'für "uns".txt',
    `attachment; filename="f_r _uns_.txt"; filename*=UTF-8''f%C3%BCr%20%22uns%22.txt`,
  ],
  [
    `it's (1)*.txt`,
    `attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`,
  ],
  ['100%.txt', `attachment; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
])('%s', (name, header) => {
  expect(contentDisposition('attachment', name)).toBe(header)
})
