/**
 * A JavaScript value as plain JSON: bounded, redacted, and read without running any user code.
 *
 * The nouns are those of `Runtime.RemoteObject` in the Chrome DevTools Protocol
 * (https://chromedevtools.github.io/devtools-protocol/v8/Runtime/#type-RemoteObject); `children` replaces the
 * round trip of `Runtime.getProperties`.
 */
export interface Value {
  readonly type: ValueType
  readonly subtype?: ValueSubtype
  /** Name of the constructor, for objects: `Order`, `Map`, `IncomingMessage`. */
  readonly className?: string
  /** One line a person can read: `Array(3)`, `Order {…}`, `"abc"`, `42`, `[getter]`. Never empty. */
  readonly description: string
  /** The value itself, for a primitive JSON can hold (string, finite number other than -0, boolean, null). */
  readonly value?: string | number | boolean | null
  /** What JSON cannot hold, as CDP spells it: `NaN`, `Infinity`, `-Infinity`, `-0`, `123n`. */
  readonly unserializableValue?: string
  /** A short form of the contents for one line: `{ id: 7, rows: Array(2) }`. */
  readonly preview?: string
  /** Own properties, entries and internal slots, down to the limits. */
  readonly children?: readonly Property[]
  /** How much there is in all where something was cut: characters, items, keys or bytes. */
  readonly size?: number
  /** Set on a value that is referred to by a `ref` elsewhere in the same report. */
  readonly refId?: number
  /** This object was already shown: the `refId` of the value that shows it (a cycle, or a shared object). */
  readonly ref?: number
  /** Why there is no value, or not all of it. */
  readonly unavailable?: UnavailableReason
}

export type ValueType =
  | 'undefined'
  | 'boolean'
  | 'number'
  | 'bigint'
  | 'string'
  | 'symbol'
  | 'function'
  | 'object'

export type ValueSubtype =
  | 'null'
  | 'array'
  | 'arraybuffer'
  | 'dataview'
  | 'date'
  | 'error'
  | 'generator'
  | 'iterator'
  | 'map'
  | 'promise'
  | 'proxy'
  | 'regexp'
  | 'set'
  | 'typedarray'
  | 'weakmap'
  | 'weakset'

/**
 * - `getter`: an accessor, not called
 * - `redacted`: hidden by redaction
 * - `revoked-proxy`: a proxy without a target
 * - `unreadable`: reading it failed
 * - `uninitialized`: a `let`, `const` or `class` before its line (the temporal dead zone)
 * - `depth`, `properties`, `items`, `string-length`, `bytes`, `budget`: cut at that limit
 * - `detached`: an ArrayBuffer that was transferred
 * - `engine`: the engine in use does not see it
 */
export type UnavailableReason =
  | 'getter'
  | 'redacted'
  | 'revoked-proxy'
  | 'unreadable'
  | 'uninitialized'
  | 'depth'
  | 'properties'
  | 'items'
  | 'string-length'
  | 'bytes'
  | 'budget'
  | 'detached'
  | 'engine'

/** One property, entry or internal slot of an object. */
export interface Property {
  /** `id`, `[0]`, `Symbol(kind)`, `#secret`, `[[Target]]`. */
  readonly name: string
  /**
   * - `data`: an own data property, or an item of an array
   * - `accessor`: an own getter or setter, not called
   * - `entry`: an entry of a Map or Set; `key` is set for a Map
   * - `private`: a private field
   * - `internal`: an internal slot such as `[[Target]]` or `[[PromiseState]]`
   */
  readonly kind: 'data' | 'accessor' | 'entry' | 'private' | 'internal'
  readonly key?: Value
  readonly value: Value
}
