/** `a`, `a and b`, `a, b and c`: names with what stands between them. */
export function namesWords<Name>(names: readonly Name[]): (Name | string)[] {
  return names.flatMap((name, index) => {
    if (index === 0) return [name]
    return [index === names.length - 1 ? ' and ' : ', ', name]
  })
}
