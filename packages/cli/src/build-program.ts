import { Command } from 'commander'
import { addDrain } from './commands/drain.ts'
import { addKeys } from './commands/keys.ts'
import { addMessages } from './commands/messages.ts'
import { addMigrate } from './commands/migrate.ts'
import { addRooms } from './commands/rooms.ts'
import { addTransfer } from './commands/transfer.ts'
import { addUsers } from './commands/users.ts'
import { addVerify } from './commands/verify.ts'
import { addDoctor } from './doctor/doctor.ts'
import type { Terminal } from './terminal.ts'

/** All commands, without the completion of shells, which is made of them. */
export function buildProgram(terminal: Terminal, version: string): Command {
  const program = new Command('parley')
    .description('Looks after a Parley installation from a terminal.')
    .version(version)
    .enablePositionalOptions()
    // Commands that are added from here on take these over.
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.out(text),
      writeErr: terminal.note,
      outputError: (text, write) => write(text.replace(/^error:/u, 'parley:')),
    })
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExample:\n  parley doctor\n\nEnds with 0 if all is well, 1 if something is wrong or failed, 2 if the command was not right.\n',
    )
  addDoctor(program, terminal)
  addMigrate(program, terminal)
  addUsers(program, terminal)
  addRooms(program, terminal)
  addKeys(program, terminal)
  addMessages(program, terminal)
  addTransfer(program, terminal)
  addDrain(program, terminal)
  addVerify(program, terminal)
  return program
}
