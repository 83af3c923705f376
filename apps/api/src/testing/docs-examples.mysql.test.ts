import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { ROOT_API_KEY, startTestApi, type TestApi } from './test-api.ts'
import { upload } from './upload.ts'

const repository = fileURLToPath(new URL('../../../../', import.meta.url))
const pages = ['README.md', 'CONTRIBUTING.md', ...docsPages()]

function docsPages(): string[] {
  const names = readdirSync(join(repository, 'docs')).filter((name) => name.endsWith('.md'))
  return names.map((name) => `docs/${name}`)
}

const blocksOf = (page: string): string[] =>
  [
    ...readFileSync(join(repository, page), 'utf8').matchAll(
      /^ *```(?:sh|bash)\n([\s\S]*?)^ *```$/gmu,
    ),
  ].map(([, code = '']) => code)

/** Blocks that are no requests to an API: what each has in it, and why it is not run here. */
const NOT_RUN: readonly (readonly [page: string, text: string, reason: string])[] = [
  ['docs/index.md', 'npm start', 'a cluster: tests/e2e start one'],
  ['docs/start.md', 'npm start', 'a cluster: tests/e2e/examples.test.ts has the page in it'],
  ['docs/start.md', 'npx esbuild', 'tests/e2e/examples.test.ts runs it'],
  ['docs/start.md', 'node my-site/server.mjs', 'tests/e2e/examples.test.ts runs it'],
  ['README.md', 'npm run verify', 'tests/e2e/verify.test.ts runs it'],
  ['README.md', 'npm start', 'a cluster: tests/e2e start one'],
  ['docs/from-polling-to-sockets.md', 'npm run example:php', 'tests/examples runs it'],
  ['README.md', 'npm run chat', 'tests/e2e/terminal-chat.test.ts runs it'],
  ['docs/abuse.md', 'npm test', 'it is what runs this test'],
  ['docs/testing.md', 'npm run scoreboard', 'tests/e2e/scoreboard.test.ts runs it'],
  ['docs/performance.md', 'npm run bench', 'tests/e2e/bench.test.ts runs it'],
  ['docs/capacity.md', 'npm run capacity', 'tests/e2e/capacity.test.ts runs it'],
  ['docs/testing.md', 'npm run verify', 'tests/e2e/verify.test.ts runs it'],
  ['docs/testing.md', 'npm run soak', 'hours; its parts are tested beside their sources'],
  ['CONTRIBUTING.md', 'npm run check', 'it is what runs this test'],
  ['docs/testing.md', '# all of it', 'it is what runs this test'],
  ['docs/faults.md', 'MUTANTS=dedup-off', 'tests/mutants breaks a cluster in the same ways'],
  ['docs/testing.md', 'npm run simulate', 'npm test runs the same with fewer seeds'],
  ['docs/high-availability.md', 'promote-replica.sh', 'tests/fault/mysql-failover.test.ts runs it'],
  ['docs/high-availability.md', 'npm run verify', 'clusters: tests/fault have each'],
  ['docs/pusher.md', 'PUSHER_APPS=', 'tests/e2e/same-seq.test.ts has a cluster with it'],
  [
    'docs/decisions/0029-no-websocket-compression.md',
    'measure-compression.js',
    'it measures, and wants the machine to itself',
  ],
  ['docs/operations.md', 'await migrate(', 'every database of a test is made so'],
  ['docs/deployment.md', 'up --build', 'it wants Docker; tests/infra compare it with the code'],
  ['docs/deployment.md', 'restart haproxy', 'it wants Docker'],
  ['docs/deployment.md', 'docker build', 'it wants Docker; tests/infra read the Dockerfile'],
  ['docs/deployment.md', 'kubectl', 'a cluster of somebody else; tests/infra check the manifests'],
  ['docs/deployment.md', 'infra/upgrade/', 'tests/infra/upgrade.test.ts runs them'],
  ['docs/operations.md', 'HOST_JWT_ISSUER', 'settings, no commands'],
  ['docs/search-and-transfer.md', 'rebuild-search.js', 'search.mysql.test.ts runs what it begins'],
  ['docs/cli.md', 'npx parley rooms list', 'tests/e2e/cli.test.ts runs the commands'],
  ['docs/cli.md', 'npx parley migrate status', 'the same'],
  ['docs/cli.md', 'npx parley tail', 'the same'],
  ['docs/cli.md', 'npx parley export', 'the same'],
  ['docs/cli.md', 'npx parley keys create', 'the same'],
  ['docs/cli.md', 'source <(parley completion', 'the same'],
]

const isRun = (page: string, block: string): boolean =>
  !NOT_RUN.some(([name, text]) => name === page && block.includes(text))

const WAIT = 'waitMs=25000'

interface Example {
  /** What the page takes for granted: files in `dir`, and variables. */
  readonly prepare: (
    api: TestApi,
    dir: string,
  ) => Record<string, string> | Promise<Record<string, string>>
  readonly check: (output: string, api: TestApi) => void | Promise<void>
}

const EXAMPLES: Readonly<Record<string, Example>> = {
  'README.md': {
    prepare(_api, dir) {
      mkdirSync(join(dir, '.parley/secrets'), { recursive: true })
      writeFileSync(join(dir, '.parley/secrets/root-api-key'), ROOT_API_KEY)
      return {}
    },
    check: (output) => expect(output).toContain('Erin of the shop'),
  },
  'docs/rest.md': {
    prepare: () => ({}),
    check(output) {
      expect(output).toContain('"seq":3')
      expect(output).toContain('3 Hello, world')
      expect(output).toContain('"readSeq":3')
    },
  },
  'docs/files.md': {
    async prepare(api, dir) {
      const create = { width: 900, height: 600, channels: 3, background: 'red' } as const
      const photo = await sharp({ create }).jpeg().toBuffer()
      writeFileSync(join(dir, 'photo.jpg'), photo)
      writeFileSync(join(dir, 'notes.txt'), 'Notes')
      const ada = await api.guest('Ada')
      const { id } = await upload(api, ada, photo)
      return { TOKEN: ada.session.accessToken, ID: id }
    },
    check(output) {
      expect(output).toContain('"mime":"image/jpeg"')
      expect(output).toContain('"name":"notes.txt"')
      expect(output).toContain('/content?token=')
    },
  },
  'docs/moderation.md': {
    prepare: () => ({ KEY: ROOT_API_KEY }),
    check: (output) => expect(output).toContain('blockhead'),
  },
  'docs/webhooks.md': {
    prepare: ({ url }) => ({ PARLEY: url, API_KEY: ROOT_API_KEY }),
    check: (output) => expect(output).toContain('whsec_'),
  },
  'docs/server-api.md': {
    prepare: () => ({ ROOT_API_KEY }),
    async check(output, api) {
      expect(output).toContain('"Grace"')
      expect(output).toContain('{"type":"end"}')
      expect(output).toContain('user:sent-as')
      const { body } = await api.call('GET', '/v1/api-keys', { token: ROOT_API_KEY })
      expect(body.data[0].revokedAt).not.toBeNull()
    },
  },
}

/** As it stands on the page, but to this API, and without the long wait. A refusal ends it. */
function scriptOf(page: string, { url }: TestApi): string {
  const code = blocksOf(page).filter((block) => isRun(page, block))
  return ['curl() { command curl --fail-with-body "$@"; }', ...code]
    .join('\n')
    .replaceAll('http://127.0.0.1:8080', url)
    .replaceAll(WAIT, 'waitMs=100')
}

describe('the examples of a page run as they stand, from top to bottom', () => {
  test.each(Object.entries(EXAMPLES))('%s', async (page, { prepare, check }) => {
    await using api = await startTestApi()
    const dir = mkdtempSync(join(tmpdir(), 'parley-docs-test-'))
    try {
      const variables = await prepare(api, dir)
      const script = scriptOf(page, api)
      expect(script).toContain('curl ')
      const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
        cwd: dir,
        env: { PATH: '/usr/local/bin:/usr/bin:/bin', URL: api.url, ...variables },
        timeout: 20_000,
      })
      await check(stdout, api)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  })
})

test('every block of commands is run here, or is said not to be, and why', () => {
  const left = pages.flatMap((page) =>
    page in EXAMPLES ? [] : blocksOf(page).filter((block) => isRun(page, block)),
  )
  expect(left).toEqual([])
})

test.each(NOT_RUN)('%s has a block with %s, which is not run: %s', (page, text) => {
  expect(blocksOf(page).filter((block) => block.includes(text))).toHaveLength(1)
})
