/** In place of `lru-cache`, which makes room for 100,000 users each time that a gateway starts. */
export class LRUCache<Key, Value> extends Map<Key, Value> {
  constructor(_limits: { readonly max: number }) {
    super()
  }
}
