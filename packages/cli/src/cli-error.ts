/** What a command ends with; `docs/cli.md` has them. */
export const EXIT = { ok: 0, failed: 1, usage: 2 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Its message is a sentence for whoever typed the command. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  /** As the API calls it, where it was the API that refused. */
  readonly code: string | undefined

  constructor(
    message: string,
    options: ErrorOptions & { exitCode?: ExitCode; code?: string } = {},
  ) {
    super(message, options)
    this.exitCode = options.exitCode ?? EXIT.failed
    this.code = options.code
  }
}

/** Something that was typed is wrong. */
export const badUsage = (message: string): CliError =>
  new CliError(message, { exitCode: EXIT.usage })
