import type { Erasure, User } from '@parley/message-schema'
import type { Command } from 'commander'
import { withDatabase } from '../installation/query-database.ts'
import { fields, table } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf, typed } from './command-kit.ts'
import { readUsers } from './read-lists.ts'
import { saveLines } from './save-lines.ts'
import { confirm, positive, userIdOf } from './what-is-asked.ts'

const userFields = ({ id, kind, username, displayName, avatarUrl }: User): string =>
  fields({ id, name: displayName, kind, username, picture: avatarUrl })

const erasureFields = ({ state, roomsDone, askedAt, finishedAt }: Erasure): string =>
  fields({ state, 'rooms done': roomsDone, 'asked at': askedAt, 'finished at': finishedAt })

export function addUsers(program: Command, terminal: Terminal): void {
  const users = program.command('users').description('People and bots.')
  addReading(users, terminal)
  addChanging(users, terminal)
  addLeaf<{ status?: boolean; yes?: boolean }>(users, terminal, {
    usage: 'erase <id>',
    summary: 'Erase a user: who they were at once, what they wrote room by room.',
    examples: ['parley users erase customer-7 --yes', 'parley users erase customer-7 --status'],
    needs: 'api',
    options: (command) =>
      command.option('--yes', 'do it').option('--status', 'only say how far it is'),
    async run(run, { yes, status = false }, [given]) {
      const id = userIdOf(given)
      if (!status) confirm(yes, `The user ${id} is erased for ever, and the id with it.`)
      const path = ['v1', 'users', id]
      const { erasure } = (await run
        .api()
        .call(status ? { path: [...path, 'erasure'] } : { method: 'DELETE', path })) as {
        erasure: Erasure
      }
      await run.show(erasure, () => erasureFields(erasure))
    },
  })
}

function addReading(users: Command, terminal: Terminal): void {
  addLeaf<{ after?: string; limit: number; q?: string }>(users, terminal, {
    usage: 'list',
    summary: 'All users in the order of their ids, from the database.',
    examples: ['parley users list --limit 20', 'parley users list -q Ada --json'],
    needs: 'database',
    options: (command) =>
      command
        .option('-q <text>', 'whose name begins so')
        .option('--after <id>', 'go on behind this one')
        .option('--limit <n>', 'how many', typed(positive), 100),
    async run(run, terms) {
      const found = await withDatabase(run.installation.databaseUrl(), (query) =>
        readUsers(query, terms),
      )
      const rows = found.map(({ id, displayName, kind, username, createdAt, erasedAt }) => [
        id,
        displayName,
        kind,
        username,
        createdAt.toISOString().slice(0, 10),
        erasedAt === null ? '' : 'erased',
      ])
      await run.show(found, () => table(['id', 'name', 'kind', 'username', 'since', 'state'], rows))
    },
  })
  addLeaf(users, terminal, {
    usage: 'show <id>',
    summary: 'One user.',
    examples: ['parley users show customer-7'],
    needs: 'api',
    async run(run, _options, [given]) {
      const id = userIdOf(given)
      const { user } = (await run.api().call({ path: ['v1', 'users', id], as: id })) as {
        user: User
      }
      await run.show(user, () => userFields(user))
    },
  })
  addLeaf<{ output?: string }>(users, terminal, {
    usage: 'export <id>',
    summary: 'All that is kept of a user, a JSON object a line.',
    examples: ['parley users export customer-7 --output customer-7.jsonl'],
    needs: 'api',
    options: (command) =>
      command.option('-o, --output <path>', 'a file in place of standard output'),
    async run(run, { output }, [given]) {
      const id = userIdOf(given)
      await saveLines(run, {
        request: { path: ['v1', 'users', id, 'export'] },
        output,
        isLast: (line) => (line as { type?: string }).type === 'end',
      })
    },
  })
}

function addChanging(users: Command, terminal: Terminal): void {
  addLeaf<{ name: string; picture?: string; bot?: boolean }>(users, terminal, {
    usage: 'create <id>',
    summary: 'Make a user of the application, or a bot; one that is there is changed.',
    examples: ['parley users create customer-7 --name Grace'],
    needs: 'api',
    options: (command) =>
      command
        .requiredOption('--name <name>', 'how they are called')
        .option('--picture <url>', 'their picture')
        .option('--bot', 'it is a bot'),
    async run(run, { name, picture, bot = false }, [given]) {
      const body = {
        displayName: name,
        ...(picture !== undefined && { avatarUrl: picture }),
        ...(bot && { kind: 'bot' }),
      }
      const path = ['v1', 'users', userIdOf(given)]
      const done = (await run.api().call({ method: 'PUT', path, body })) as {
        user: User
        created: boolean
      }
      await run.show(done, () => userFields(done.user))
    },
  })
  addLeaf(users, terminal, {
    usage: 'revoke <id>',
    summary: 'Sign a user out everywhere, and refuse the tokens that they have.',
    examples: ['parley users revoke customer-7'],
    needs: 'api',
    async run(run, _options, [given]) {
      const path = ['v1', 'users', userIdOf(given), 'revoke-tokens']
      const done = (await run.api().call({ method: 'POST', path, body: {} })) as {
        sessionsEnded: number
      }
      await run.show(done, () => `${done.sessionsEnded} sessions ended.\n`)
    },
  })
}
