// `prisma generate` looks for an engine that it does not need here and would download it. Naming any
// executable in its place stops that, so that generating works in networks that reach no downloads.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('.', import.meta.url))
const cli = fileURLToPath(import.meta.resolve('prisma/build/index.js'))
const { status } = spawnSync(process.execPath, [cli, 'generate', '--schema', 'schema.prisma'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
})
process.exitCode = status ?? 1
