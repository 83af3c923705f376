/** Its message is one sentence for the person at the terminal, who does not need a stack. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
  readonly exitCode: number

  constructor(
    message: string,
    { exitCode = 1, cause }: { exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, { cause })
    this.exitCode = exitCode
  }
}
