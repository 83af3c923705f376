/** From now on `Date` is wrong by so much, as the clock of a machine would be; timers go on as they do. */
export function skewClock(offsetMs: number): void {
  if (offsetMs === 0) return
  const RightDate = Date
  globalThis.Date = new Proxy(RightDate, {
    construct: (target, given: ConstructorParameters<typeof Date> | [], newTarget) =>
      Reflect.construct(
        target,
        given.length === 0 ? [RightDate.now() + offsetMs] : given,
        newTarget,
      ) as Date,
    apply: () => new Date().toString(),
    get: (target, name, receiver) =>
      name === 'now'
        ? () => target.now() + offsetMs
        : (Reflect.get(target, name, receiver) as unknown),
  })
}
