import type { Terminal } from '../terminal.ts'

export interface TestTerminal extends Terminal {
  readonly said: { out: string; err: string }
}

/** Of a test: nothing is around it but what it is given. */
export function testTerminal(env: NodeJS.ProcessEnv = {}, cwd = '/nowhere'): TestTerminal {
  const said = { out: '', err: '' }
  return {
    said,
    env,
    cwd,
    out(text) {
      said.out += text
      return Promise.resolve()
    },
    note(text) {
      said.err += text
    },
    hasColour: false,
    signal: new AbortController().signal,
    setExitCode() {},
  }
}
