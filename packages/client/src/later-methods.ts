type Methods<Name extends PropertyKey> = {
  readonly [Key in Name]: (...args: never[]) => Promise<unknown>
}

/** Methods of something whose code is fetched when the first of them is called. */
export function laterMethods<Name extends string, Part extends Methods<Name>>(
  load: () => Promise<Part>,
  names: readonly Name[],
): Pick<Part, Name> {
  const later =
    (name: Name) =>
    async (...args: never[]): Promise<unknown> =>
      (await load())[name](...args)
  return Object.fromEntries(names.map((name) => [name, later(name)])) as Pick<Part, Name>
}
