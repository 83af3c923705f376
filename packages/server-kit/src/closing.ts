/**
 * What a service has opened, closed in the reverse order of opening. One failure to close does not
 * keep the rest open. (`await using` is compiled for Node 20, which has no `AsyncDisposableStack`.)
 */
export class Closing {
  readonly #steps: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#steps.push(close)
  }

  async close(): Promise<void> {
    const errors: unknown[] = []
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Not everything could be closed.')
  }
}
