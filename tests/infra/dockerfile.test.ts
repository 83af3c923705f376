import { DockerfileParser, type Instruction } from 'dockerfile-ast'
import { describe, expect, test } from 'vitest'
import { APPS, isPinned, read, readYaml } from './deployment-files.ts'

const dockerfile = DockerfileParser.parse(read('infra/docker/Dockerfile'))
const instructions = dockerfile.getInstructions()
const argument = (name: string): string =>
  dockerfile
    .getARGs()
    .map((arg) => arg.getProperty())
    .find((property) => property?.getName() === name)
    ?.getValue() ?? ''

interface Stage {
  readonly name: string
  readonly base: string
  readonly instructions: readonly Instruction[]
}

const stages: Stage[] = []
for (const instruction of instructions) {
  if (instruction.getKeyword() === 'FROM') {
    const [base = '', , name = ''] = instruction.getArguments().map(String)
    stages.push({ name, base, instructions: [] })
  } else if (stages.length > 0) {
    const stage = stages.at(-1)!
    stages[stages.length - 1] = { ...stage, instructions: [...stage.instructions, instruction] }
  }
}

/** Of a stage and all that it begins with, the latest first. */
function lineage(name: string): Instruction[] {
  const stage = stages.find((one) => one.name === name)
  return stage === undefined ? [] : [...stage.instructions.toReversed(), ...lineage(stage.base)]
}

const last = (target: string, keyword: string): string | undefined =>
  lineage(target)
    .find((instruction) => instruction.getKeyword() === keyword)
    ?.getArgumentsContent()
    ?.replaceAll(/\s+/gu, ' ')

test('it begins with a Node that package.json allows, of a named release', () => {
  const image = argument('NODE_IMAGE')
  expect(isPinned(image), image).toBe(true)
  expect(image).toMatch(new RegExp(`^node:${read('.nvmrc').trim()}\\.`, 'u'))
  for (const { base } of stages)
    expect(['${NODE_IMAGE}', ...stages.map(({ name }) => name)]).toContain(base)
})

test('it installs with the npm of package.json', () => {
  const { packageManager } = JSON.parse(read('package.json')) as { packageManager: string }
  expect(`npm@${argument('NPM_VERSION')}`).toBe(packageManager)
})

test('compose builds targets that there are, and as the images that it names', () => {
  interface Service {
    readonly image: string
    readonly build?: { readonly target: string; readonly dockerfile: string }
  }
  const [compose] = readYaml<{ services: Record<string, Service> }>('infra/compose.yaml')
  const built = Object.values(compose!.services).flatMap(({ build, image }) =>
    build === undefined ? [] : [{ ...build, image }],
  )
  expect(new Set(built.map(({ target }) => target))).toEqual(
    new Set(['api', 'gateway', 'worker', 'migrate']),
  )
  for (const { target, dockerfile: path, image } of built) {
    expect(path).toBe('infra/docker/Dockerfile')
    expect(image.startsWith(`parley/${target}:`)).toBe(true)
    expect(stages.map(({ name }) => name)).toContain(target)
  }
})

describe.each(['api', 'gateway', 'worker', 'migrate'] as const)('%s', (target) => {
  test('runs as nobody in particular, with node as process 1', () => {
    expect(last(target, 'USER')).toBe('10001:10001')
    expect(last(target, 'CMD')).toMatch(/^\["node", /u)
    expect(last(target, 'ENTRYPOINT')).toBeUndefined()
    expect(last(target, 'STOPSIGNAL')).toBe('SIGTERM')
    expect(lineage(target).map(String).join('\n')).toContain('NODE_ENV=production')
  })

  test('has no stage before it from which it takes tools or tests', () => {
    const copied = lineage(target)
      .filter((instruction) => instruction.getKeyword() === 'COPY')
      .map((instruction) => instruction.getArgumentsContent() ?? '')
    expect(copied.length).toBeGreaterThan(1)
    for (const copy of copied)
      expect(copy).not.toMatch(/testkit|local-cluster|infra\/local| \. \.$/u)
  })
})

describe.each(['api', 'gateway', 'worker'] as const)('%s', (target) => {
  const { port, defaultPort } = APPS[target]

  test('its health check asks /readyz at the port of the app', () => {
    const check = lineage(target).find((one) => one.getKeyword() === 'HEALTHCHECK')
    expect(check?.toString()).toContain(
      `["node", "infra/docker/ready.mjs", "${port}", "${defaultPort}"]`,
    )
    expect(read('infra/docker/ready.mjs')).toContain('/readyz')
    expect(last(target, 'EXPOSE')).toBe(String(defaultPort))
  })
})

test('every file that is copied is let in by .dockerignore, and no secret is', () => {
  const lines = read('.dockerignore').split('\n')
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#'))
  expect(rules[0]).toBe('*')
  for (const needed of ['apps', 'packages', 'prisma', 'infra', 'package-lock.json', 'turbo.json'])
    expect(rules).toContain(`!${needed}`)
  for (const secret of ['infra/secrets', '**/.env', '**/*.pem', '**/*.key'])
    expect(rules).toContain(secret)
})
