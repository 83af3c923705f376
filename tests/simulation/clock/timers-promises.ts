/** In place of `node:timers/promises`, whose timers are not those of the program. */
export const setTimeout = <Value>(ms?: number, value?: Value): Promise<Value | undefined> =>
  new Promise((resolve) => {
    globalThis.setTimeout(() => resolve(value), ms)
  })
