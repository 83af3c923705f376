import { readFileSync } from 'node:fs'
import { wantsColour } from './output/paint.ts'
import { runCli } from './run-cli.ts'

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }
const interrupted = new AbortController()
const env = process.env
process.once('SIGINT', () => interrupted.abort())
process.once('SIGTERM', () => interrupted.abort())
// Whoever reads the output may have had enough of it: `parley tail … | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

let found = 0
const code = await runCli(
  process.argv.slice(2),
  {
    env,
    cwd: process.cwd(),
    out: (text) =>
      new Promise((resolve) => {
        process.stdout.write(text, () => resolve())
      }),
    note: (text) => void process.stderr.write(text),
    hasColour: wantsColour({ isTerminal: process.stdout.isTTY, env }),
    signal: interrupted.signal,
    setExitCode: (wanted) => {
      found = wanted
    },
  },
  version,
)
process.exitCode = code === 0 ? found : code
