const CODE = /^[A-Za-z0-9_-]{22}$/u

/** The code in what somebody pasted: the code itself, or a link that ends with it. */
export function codeOf(text: string): string | null {
  const last =
    text
      .trim()
      .split(/[/#?&=]/u)
      .at(-1) ?? ''
  return CODE.test(last) ? last : null
}
