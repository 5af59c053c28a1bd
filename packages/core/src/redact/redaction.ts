/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose here */
import { uncurry } from '../primordials.ts'
import { headerValue } from './headers.ts'
import { findElement } from './elements.ts'
import { hideNamed, type Texts } from './hide-named.ts'
import { looksSecret, looksSecretIn } from './looks-secret.ts'
import { hidesText, Names } from './names.ts'
import { findPair } from './pairs.ts'
import { propagate, Remembered } from './propagate.ts'
import type { Redactor } from './redactor.ts'
import { type FindNamed, type Found, hideShapes } from './shapes.ts'
import { isLeafObject } from './leaf-object.ts'

export interface RedactOptions {
  /** Names to hide, beside the built-in list: whatever they hold. */
  readonly names?: readonly string[]
  /** Names to show, though the built-in list has them. What has the shape of a secret is hidden all the same. */
  readonly keep?: readonly string[]
}

/** What is hidden in reports. One for each `debugMiddleware(options)`. */
export class Redaction {
  readonly #names: Names

  constructor({ names = [], keep = [] }: RedactOptions = {}) {
    this.#names = new Names(names, keep)
  }

  forReport(): ReportRedaction {
    return new ReportRedaction(this.#names)
  }
}

const MapOfTexts = Map<string, string>
const getText = uncurry(Map.prototype.get) as (map: object, text: string) => string | undefined
const setText = uncurry(Map.prototype.set) as (map: object, text: string, shown: string) => unknown

/** Redaction of one report: what is hidden under its name is remembered, and hidden wherever else it occurs. */
export class ReportRedaction implements Redactor, Texts {
  readonly names: Names
  readonly #remembered = new Remembered()
  /** Texts that were looked through, and what became of them: the same text comes more than once. */
  readonly #shown = new MapOfTexts()
  readonly #sources = new MapOfTexts()
  readonly #find: FindNamed
  #hidden = 0

  constructor(names: Names) {
    this.names = names
    this.#find = {
      pair: (text, separator, length) => this.#note(text, findPair(names, text, separator, length)),
      element: (text, from) => this.#note(text, findElement(names, text, from)),
    }
  }

  /** How many values are hidden. Known after `finish`. */
  get hidden(): number {
    return this.#hidden
  }

  hides(name: string, value: unknown): boolean {
    const rule = this.names.rule(name)
    const { verdict } = rule
    if (verdict === 'never') return false
    if (typeof value === 'string') {
      if (!hidesText(rule, value)) return false
      this.remember(value)
      return true
    }
    if (verdict === 'always') return value !== undefined && value !== null
    if (typeof value === 'number' || typeof value === 'bigint') return verdict === 'number'
    // Any other object is opened: names inside decide.
    return verdict !== 'maybe' && isLeafObject(value)
  }

  text(text: string): string {
    const known = getText(this.#shown, text)
    if (known !== undefined) return known
    const shown = hideShapes(text, this.#find)
    setText(this.#shown, text, shown)
    if (shown !== text) setText(this.#shown, shown, shown)
    return shown
  }

  source(text: string): string {
    let shown = getText(this.#sources, text)
    if (shown === undefined) setText(this.#sources, text, (shown = redactSource(text)))
    return shown
  }

  header(name: string, value: string): string {
    return headerValue(name, value, {
      names: this.names,
      text: (text) => this.text(text),
      remember: (secret) => this.remember(secret),
    })
  }

  remember(secret: string): void {
    if (looksSecret(secret)) this.#remembered.add(secret)
  }

  /** The report as it may be shown. The given one stays as it was. */
  finish<T extends object>(report: T): T {
    const named = hideNamed(report, this)
    const { report: finished, hidden } = propagate(named, this.#remembered)
    this.#hidden = hidden
    return finished
  }

  #note(text: string, found: Found | undefined): Found | undefined {
    if (found === undefined) return undefined
    const { from, to } = found
    if (to - from < 1024 && !this.#remembered.isFull && looksSecretIn(text, from, to))
      this.#remembered.add(text.slice(from, to))
    return found
  }
}

/** Source text without keys and tokens that are written into it. What a name says is left: it is a program. */
export function redactSource(text: string): string {
  return hideShapes(text)
}
