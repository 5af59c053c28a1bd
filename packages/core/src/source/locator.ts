import { isAbsolute } from 'node:path'
import type { Frame, SourceExcerpt } from '@throwpoint/protocol'
import { type CodeKind, isOwn, kindOf, shortName } from './project.ts'
import { FileChecks, isSecret } from './readable.ts'
import { rememberSource, sourceFile } from './source-file.ts'
import { type Original, type Position, SourceMaps } from './source-map.ts'

/** Where a position is in the code that somebody wrote. */
export interface Located extends Position {
  readonly kind: CodeKind
  /** It is Throwpoint's own code. */
  readonly own: boolean
  readonly generated?: NonNullable<Frame['generated']>
}

const maps = new SourceMaps()
/** More would hide the report. */
const mostNotes = 8
const started = performance.timeOrigin

/** Finds source for one report, and collects what there is to say about it. Never throws. */
export class Locator {
  readonly #notes = new Set<string>()
  readonly #checks = new FileChecks()
  /** Recursion visits the same places again and again. */
  readonly #located = new Map<string, Located>()
  #misplaced = false
  readonly #excerpts = new Map<Located, SourceExcerpt | undefined>()

  get notes(): readonly string[] {
    return [...this.#notes].slice(0, mostNotes)
  }

  readonly #note = (text: string): void => {
    this.#notes.add(text)
  }

  /**
   * Follows the source map of a position, once: what Node or a loader has mapped is a position in an original, which
   * has no map.
   *
   * @param known finds the original where somebody knows it better than the files on the disk
   */
  locate(position: Position, known?: () => Original | undefined): Located {
    const key = `${position.file}:${position.line}:${position.column}`
    let located = this.#located.get(key)
    if (located === undefined) {
      located = this.#locate(position, known)
      this.#located.set(key, located)
    }
    return located
  }

  #locate(position: Position, known: (() => Original | undefined) | undefined): Located {
    const plain = this.asWritten(position)
    const { file: name } = position
    // Dependencies are shown as they are installed: their sources mostly are not.
    if (plain.kind !== 'app' || plain.own || !isAbsolute(name)) return plain
    const original = known?.() ?? maps.original(position, this.#checks, this.#note)
    if (original === undefined || !this.#mayShow(original, position)) return plain
    const { file, line, column, text } = original
    if (text !== undefined) rememberSource(file, text)
    const generated = file === position.file ? undefined : { ...position }
    return { file, line, column, kind: kindOf(file), own: isOwn(file), ...(generated && { generated }) }
  }

  /** A position that is mapped already. */
  asWritten(position: Position): Located {
    return { ...position, kind: kindOf(position.file), own: isOwn(position.file) }
  }

  /** A map names what it likes: what must not be read is not shown, and the generated code is shown instead. */
  #mayShow({ file, text }: Original, generated: Position): boolean {
    const name = shortName(generated.file)
    if (isSecret(file)) {
      this.#note(`The source map of ${name} names ${file}, which is never read: the generated code is shown`)
      return false
    }
    if (text !== undefined) return true
    const found = isAbsolute(file) ? sourceFile(file, this.#checks) : 'outside'
    if (typeof found !== 'string') return true
    if (found !== 'outside' && found !== 'denied') return true
    this.#note(`The source map of ${name} names ${file}, which is not read: the generated code is shown`)
    return false
  }

  /** The lines around a place. */
  excerpt(place: Located): SourceExcerpt | undefined {
    if (this.#excerpts.has(place)) return this.#excerpts.get(place)
    const excerpt = this.#excerpt(place)
    this.#excerpts.set(place, excerpt)
    return excerpt
  }

  #excerpt({ file, line, column, kind, generated }: Located): SourceExcerpt | undefined {
    if (kind === 'node') return undefined
    const found = sourceFile(file, this.#checks)
    if (typeof found === 'string') {
      if (kind === 'app' && isAbsolute(file)) this.#note(`${shortName(file)} ${refusals[found]}`)
      return undefined
    }
    const excerpt = found.file.excerpt({ line, column })
    if (kind !== 'app' || generated !== undefined) return excerpt
    if ((found.onDisk?.changed ?? 0) > started)
      this.#note(
        `${shortName(file)} was changed after this process started: the lines shown may not be those that ran`,
      )
    else if (!found.file.has({ line, column }) && !this.#misplaced) {
      this.#misplaced = true
      this.#note(
        `${shortName(file)} has nothing at ${line}:${column}: what ran was made of it in memory (by Vite, say), and ` +
          'Node was not told how. With "node --enable-source-maps" places are right',
      )
    }
    return excerpt
  }
}

const refusals = {
  missing: 'is not there any more: its source cannot be shown',
  outside: 'lies outside the project: its source is not read',
  denied: 'has a name that is never read: its source is not shown',
  unreadable: 'cannot be read: its source is not shown',
  'too-large': 'is larger than 1 MiB: its source is not shown',
} as const
