import { expect, test } from 'vitest'
import { cleanFileName } from './file-name.ts'

test.each<[string | undefined, string]>([
  ['report.pdf', 'report.pdf'],
  ['Bericht für Zoë.pdf', 'Bericht für Zoë.pdf'],
  ['報告書.pdf', '報告書.pdf'],
  ['🦀👩‍🚀.png', '🦀👩‍🚀.png'],
  [undefined, 'file'],
  ['', 'file'],
  ['.', 'file'],
  ['..', 'file'],
  ['../../etc/passwd', 'passwd'],
  ['..\\..\\windows\\system32\\cmd.exe', 'cmd.exe'],
  ['/etc/passwd', 'passwd'],
  ['C:\\a\\b.txt', 'b.txt'],
  ['folder/', 'file'],
  ['a\0b.txt', 'ab.txt'],
  ['a\r\nContent-Type: text/html\r\n\r\nb.txt', 'htmlb.txt'],
  // It looks like `annexe.txt` with its last letters turned round.
  ['ann\u202etxt.exe', 'anntxt.exe'],
  ['\u2066a\u2069\u200e.txt', 'a.txt'],
  ['a\u200bb\ufeff.txt', 'ab.txt'],
  ['tag\u{e0041}\u{e007f}.txt', 'tag.txt'],
  ['a<b>:"c|?*.txt', 'a_b___c___.txt'],
  ['  a   b .txt  ', 'a b .txt'],
  ['a.txt...', 'a.txt'],
  ['.htaccess', '.htaccess'],
  ['e\u0301.txt', '\u00e9.txt'],
  ['half \ud83d surrogate', 'half \ufffd surrogate'],
  [`${'a'.repeat(300)}.txt`, `${'a'.repeat(251)}.txt`],
  ['a'.repeat(300), 'a'.repeat(255)],
  [`${'a'.repeat(250)}🦀.txt`, `${'a'.repeat(250)}.txt`],
])('%j becomes %j', (given, name) => {
  expect(cleanFileName(given)).toBe(name)
})
