import { KEY_SCOPE_NAMES, TimeInput, Uuid, type ApiKey } from '@parley/message-schema'
import { Option, type Command } from 'commander'
import { badUsage } from '../cli-error.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed, type Run } from './command-kit.ts'
import { positive, wholeNumber } from './what-is-asked.ts'

interface KeyPage {
  readonly data: ApiKey[]
  readonly page: { readonly after: string | null; readonly hasMoreAfter: boolean }
}

const PATH = ['v1', 'api-keys']

const keyIdOf = (value: string | undefined): string => {
  const parsed = Uuid.safeParse(value)
  if (parsed.success) return parsed.data
  throw badUsage('The key is named by its id, a UUID, as parley keys list shows it.')
}

/** The token goes out alone, so that it can be kept by `> file`; what else there is to say does not. */
async function showToken(run: Run, made: { apiKey: ApiKey; token: string }): Promise<void> {
  await run.show(made, () => `${made.token}\n`)
  if (!run.isJson) {
    run.terminal.note(`The key ${made.apiKey.id} (${made.apiKey.name}). It is shown only now.\n`)
  }
}

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('API keys of backends.')
  addLeaf(keys, terminal, {
    usage: 'list',
    summary: 'All keys, also those that ended lately, without their secrets.',
    examples: ['parley keys list'],
    needs: 'api',
    async run(run) {
      const found: ApiKey[] = []
      let after: string | undefined
      for (let isMore = true; isMore;) {
        const query = { after, limit: 200 }
        const { data, page } = (await run.api().call({ path: PATH, query })) as KeyPage
        found.push(...data)
        after = page.after ?? undefined
        isMore = page.hasMoreAfter
      }
      const rows = found.map((key) => [
        key.id,
        key.name,
        key.prefix,
        key.scopes.join(' '),
        key.lastUsedAt,
        endOf(key),
      ])
      const columns = ['id', 'name', 'begins', 'scopes', 'last used', 'end']
      await run.show(found, () => table(columns, rows))
    },
  })
  addMaking(keys, terminal)
  addLeaf(keys, terminal, {
    usage: 'revoke <id>',
    summary: 'End a key: within two seconds it opens nothing any more.',
    examples: ['parley keys revoke 0193f2c1-0000-7000-8000-000000000001'],
    needs: 'api',
    async run(run, _options, [given]) {
      const id = keyIdOf(given)
      await run.api().call({ method: 'DELETE', path: [...PATH, id] })
      await run.show({ id, revoked: true }, () => `The key ${id} is revoked.\n`)
    },
  })
}

const endOf = ({ revokedAt, expiresAt }: ApiKey): string => {
  if (revokedAt !== null) return `revoked ${revokedAt}`
  return expiresAt === null ? '' : expiresAt
}

function addMaking(keys: Command, terminal: Terminal): void {
  addLeaf<{ scope: string[]; rate?: number; expires?: string }>(keys, terminal, {
    usage: 'create <name>',
    summary: 'Make a key; its token is written once.',
    examples: ['parley keys create Orders --scope messages:write users:read > orders-key'],
    needs: 'api',
    options: (command) =>
      command
        .addOption(
          new Option('--scope <scope...>', 'what it may do')
            .choices(KEY_SCOPE_NAMES)
            .makeOptionMandatory(),
        )
        .option('--rate <n>', 'requests a minute', typed(positive))
        .option('--expires <time>', 'until when it is good', typed(TimeInput)),
    async run(run, { scope, rate, expires }, [name]) {
      const body = {
        name,
        scopes: [...new Set(scope)],
        ...(rate !== undefined && { ratePerMinute: rate }),
        ...(expires !== undefined && { expiresAt: expires }),
      }
      const made = await run.api().call({ method: 'POST', path: PATH, body })
      await showToken(run, made as { apiKey: ApiKey; token: string })
    },
  })
  addLeaf<{ grace?: number }>(keys, terminal, {
    usage: 'rotate <id>',
    summary: 'Give a key a new secret; the old one is good for a while more.',
    examples: ['parley keys rotate 0193f2c1-0000-7000-8000-000000000001 --grace 3600 > orders-key'],
    needs: 'api',
    options: (command) =>
      command.option(
        '--grace <seconds>',
        'how long the old secret is good; a day if absent, 0 ends it',
        typed(wholeNumber),
      ),
    async run(run, { grace }, [given]) {
      const path = [...PATH, keyIdOf(given), 'rotate']
      const body = grace === undefined ? {} : { graceS: grace }
      const made = await run.api().call({ method: 'POST', path, body })
      await showToken(run, made as { apiKey: ApiKey; token: string })
    },
  })
}
