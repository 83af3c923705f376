import type { Command } from 'commander'
import { CliError, EXIT } from '../cli-error.ts'
import { withDatabase } from '../installation/query-database.ts'
import { table } from '../output/table.ts'
import type { Terminal } from '../terminal.ts'
import { addLeaf } from './command-kit.ts'

export function addMigrate(program: Command, terminal: Terminal): void {
  const group = program.command('migrate').description('The tables of the database.')
  addLeaf(group, terminal, {
    usage: 'status',
    summary: 'Which migrations are applied, and which wait. Ends with 1 while any waits.',
    examples: ['DATABASE_URL_FILE=/run/secrets/database-url parley migrate status'],
    needs: 'database',
    async run(run) {
      const databaseUrl = run.installation.databaseUrl()
      // Says what is wrong with the address or the server in the words of the other commands.
      await withDatabase(databaseUrl, () => Promise.resolve())
      const { migrationStatus } = await import('@parley/database/migrations')
      const status = await migrationStatus(databaseUrl)
      const rows = [
        ...status.applied.map((name) => [name, 'applied']),
        ...status.changed.map((name) => [name, 'changed after it was applied']),
        ...status.failed.map((name) => [name, 'failed half way']),
        ...status.pending.map((name) => [name, 'waits']),
      ]
      await run.show(status, () => table(['migration', 'state'], rows))
      const isRight = rows.length === status.applied.length
      if (!isRight) run.terminal.setExitCode(EXIT.failed)
    },
  })
  addLeaf(group, terminal, {
    usage: 'up',
    summary: 'Apply the migrations that wait. Runners that start together wait for each other.',
    examples: ['DATABASE_URL_FILE=/run/secrets/database-url parley migrate up'],
    needs: 'database',
    async run(run) {
      const databaseUrl = run.installation.databaseUrl()
      await withDatabase(databaseUrl, () => Promise.resolve())
      const { migrate, MigrationError } = await import('@parley/database/migrations')
      const onApply = (name: string): void => run.terminal.note(`${name} …\n`)
      try {
        const applied = await migrate(databaseUrl, { onApply })
        await run.show({ applied }, () =>
          applied.length === 0 ? 'Nothing waited.\n' : `${applied.length} applied.\n`,
        )
      } catch (error) {
        if (error instanceof MigrationError) throw new CliError(error.message, { cause: error })
        throw error
      }
    },
  })
}
