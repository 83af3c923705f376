/** Called for each pattern that ends at a letter. `true` ends the search. */
export type OnPattern = (pattern: number, end: number) => boolean

export type FindPatterns = (letters: readonly number[], onPattern: OnPattern) => void

/**
 * The trie of Aho and Corasick, in flat arrays: a list may have hundreds of thousands of nodes, and
 * is made again with every change. Node 0 is the root, and stands for "none".
 */
class Trie {
  /** Letters of patterns, from 1 on. */
  readonly alphabet = new Map<number, number>()
  readonly patternsAt = new Map<number, number[]>()
  /** The nearest node that is an end of this one, and of a pattern. */
  readonly outs: Int32Array
  /** Where the search goes on if no edge fits: the longest end of this node that begins a pattern. */
  readonly #fails: Int32Array
  readonly #parents: Int32Array
  readonly #letters: Int32Array
  readonly #depths: Int32Array
  /** Nodes by a hash of parent and letter. */
  readonly #slots: Int32Array
  #size = 1

  constructor(patterns: readonly (readonly number[])[]) {
    const nodes = patterns.reduce((sum, { length }) => sum + length, 1)
    this.outs = new Int32Array(nodes)
    this.#fails = new Int32Array(nodes)
    this.#parents = new Int32Array(nodes)
    this.#letters = new Int32Array(nodes)
    this.#depths = new Int32Array(nodes)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * nodes)))
    for (const [index, pattern] of patterns.entries()) this.#insert(pattern, index)
    this.#link()
  }

  /** The slot of an edge, or the free one where it would be. */
  #slotOf(parent: number, letter: number): number {
    const mask = this.#slots.length - 1
    const mixed = Math.imul(parent ^ Math.imul(letter, 0x85ebca6b), 0x9e3779b1)
    for (let slot = (mixed ^ (mixed >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const node = this.#slots[slot] ?? 0
      const isIt = this.#parents[node] === parent && this.#letters[node] === letter
      if (node === 0 || isIt) return slot
    }
  }

  #insert(pattern: readonly number[], index: number): void {
    let at = 0
    for (const code of pattern) {
      const letter = this.alphabet.get(code) ?? this.alphabet.size + 1
      this.alphabet.set(code, letter)
      const slot = this.#slotOf(at, letter)
      let node = this.#slots[slot] ?? 0
      if (node === 0) {
        node = this.#size
        this.#size += 1
        this.#slots[slot] = node
        this.#parents[node] = at
        this.#letters[node] = letter
        this.#depths[node] = (this.#depths[at] ?? 0) + 1
      }
      at = node
    }
    const here = this.patternsAt.get(at)
    if (here === undefined) this.patternsAt.set(at, [index])
    else here.push(index)
  }

  /** In the order of depth: what a node refers to is less deep, and known. */
  #link(): void {
    for (const node of this.#byDepth()) {
      const isFirst = (this.#depths[node] ?? 0) === 1
      const before = this.#fails[this.#parents[node] ?? 0] ?? 0
      const fail = isFirst ? 0 : this.step(before, this.#letters[node] ?? 0)
      this.#fails[node] = fail
      this.outs[node] = this.patternsAt.has(fail) ? fail : (this.outs[fail] ?? 0)
    }
  }

  #byDepth(): Int32Array {
    const starts: number[] = [0]
    for (let node = 1; node < this.#size; node += 1) {
      const next = (this.#depths[node] ?? 0) + 1
      starts[next] = (starts[next] ?? 0) + 1
    }
    for (let depth = 1; depth < starts.length; depth += 1) {
      starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0)
    }
    const nodes = new Int32Array(this.#size - 1)
    for (let node = 1; node < this.#size; node += 1) {
      const depth = this.#depths[node] ?? 0
      const place = starts[depth] ?? 0
      starts[depth] = place + 1
      nodes[place] = node
    }
    return nodes
  }

  step(from: number, letter: number): number {
    for (let node = from; ; node = this.#fails[node] ?? 0) {
      const next = this.#slots[this.#slotOf(node, letter)] ?? 0
      if (next !== 0 || node === 0) return next
    }
  }
}

/** All patterns in one pass, in time that does not depend on how many there are. None is empty. */
export function createFindPatterns(patterns: readonly (readonly number[])[]): FindPatterns {
  const trie = new Trie(patterns)
  const { alphabet, outs, patternsAt } = trie
  return (letters, onPattern) => {
    let node = 0
    for (let at = 0; at < letters.length; at += 1) {
      const letter = alphabet.get(letters[at] ?? 0)
      node = letter === undefined ? 0 : trie.step(node, letter)
      let out = patternsAt.has(node) ? node : (outs[node] ?? 0)
      for (; out !== 0; out = outs[out] ?? 0) {
        for (const pattern of patternsAt.get(out) ?? []) if (onPattern(pattern, at)) return
      }
    }
  }
}
