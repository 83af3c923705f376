import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const LINES = 8

/** A sentence, and behind it the end of what a process has written. */
export function quoteLog(sentence: string, logFile: string): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LINES)
  const path = relative(process.cwd(), logFile)
  const shown = path.startsWith('..') ? logFile : path
  return `${sentence}; the last lines of ${shown}:\n${lines.map((line) => `  ${line}`).join('\n')}`
}
