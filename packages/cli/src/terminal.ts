/** Where a command runs: what it reads of its surroundings, and where it writes. */
export interface Terminal {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** What was asked for. Resolves when it is out. */
  readonly out: (text: string) => Promise<void>
  /** Progress and problems. */
  readonly note: (text: string) => void
  readonly hasColour: boolean
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
  readonly setExitCode: (code: number) => void
}
