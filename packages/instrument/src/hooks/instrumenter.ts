import path from 'node:path'
import { fileOf } from './file-of.ts'
import { isRewriterLoading, rewrite } from '../late.ts'
import type { Language, SourceKind } from '../rewrite/node.ts'
import { runtimeName } from '../rewrite/rewrite-names.ts'
import { RewriteCache } from './cache.ts'
import { debugLog, isDebugged } from './debug-log.ts'
import type { Kept } from './pack.ts'
import type { TableSource } from './tables.ts'
import { upstreamMap } from './upstream-map.ts'
import { UserCode, type UserCodeOptions } from './user-code.ts'

export interface InstrumenterOptions extends UserCodeOptions {
  /** Append source maps, because somebody reads them: `--enable-source-maps`, a debugger. */
  readonly maps: boolean
  /** Folder of the cache across runs; undefined for none. */
  readonly cache: string | undefined
  /** Asynchronous functions register while they run. @default false */
  readonly requests?: boolean
}

/** What became of one module. */
export interface ModuleOutcome {
  readonly file: string
  /** Why it runs as it was written; undefined when it is instrumented. */
  readonly untouched: string | undefined
}

/** Rewrites modules as they are loaded, in whichever thread loads them. */
export class Instrumenter {
  readonly #userCode: UserCode
  readonly #maps: boolean
  readonly #cache: RewriteCache | undefined
  readonly #requests: boolean
  /** What is loaded meanwhile are parts of the parser. */
  #isBusy = false
  readonly #outcomes: ModuleOutcome[] = []
  readonly #onTable: (file: string, table: TableSource) => void

  /** @param onTable - is told of each function table */
  constructor(options: InstrumenterOptions, onTable: (file: string, table: TableSource) => void) {
    this.#userCode = new UserCode(options)
    this.#maps = options.maps
    this.#cache = options.cache === undefined ? undefined : new RewriteCache(options.cache, process.cwd())
    this.#requests = options.requests === true
    this.#onTable = onTable
  }

  /** The user modules seen so far, instrumented or not. */
  get outcomes(): readonly ModuleOutcome[] {
    return this.#outcomes
  }

  isUserCode(file: string): boolean {
    return this.#userCode.has(file)
  }

  /**
   * The text to run instead of a module. Fails open: whatever goes wrong, the source itself comes back.
   *
   * @param url - URL for ES modules, absolute path for CommonJS: what `error.stack` shows
   * @param check - whether nobody will notice when the text does not compile
   */
  transform(
    url: string,
    source: string,
    kind: SourceKind,
    language: Language,
    check: boolean = kind !== 'commonjs',
  ): string {
    if (this.#isBusy || isRewriterLoading()) return source
    const file = url.startsWith('file:') ? fileOf(url) : url
    try {
      if (!path.isAbsolute(file) || !this.#userCode.has(file)) return source
      // Another hook of ours has seen it
      if (source.includes(`[globalThis.Symbol.for('${runtimeName}')]?.module(`)) return source
      this.#isBusy = true
      const { code, untouched } = this.#kept(file, source, { url, kind, language, check })
      if (untouched !== undefined) this.#leave(file, untouched)
      this.#outcomes.push({ file, untouched })
      return code ?? source
    } catch (error) {
      this.#leave(file, String(error))
      return source
    } finally {
      this.#isBusy = false
    }
  }

  #kept(file: string, source: string, { url, kind, language, check }: Asked): Kept {
    // A loader before us has set source maps up: without ours in the chain its columns would be wrong
    const maps = this.#maps || process.sourceMapsEnabled || source.includes('//# sourceMappingURL=data:')
    const requests = this.#requests
    const ways = [maps && 'maps', requests && 'requests', check && 'checked'].filter(Boolean).join(' ')
    // `?t=1`, `?t=2`: the text does not depend on it, and it may be another one at every start
    const named = kind === 'module' ? url.replace(/[?#].*$/s, '?') : url
    const name = `${named} ${kind} ${language} ${ways}`
    let kept = this.#cache?.read(name, source)
    if (kept === undefined) {
      kept = rewritten(url, file, source, { kind, language, maps, requests, check })
      this.#cache?.write(name, source, kept)
    }
    if (kept.code !== undefined) this.#onTable(url, { source, kind, language, requests })
    return kept
  }

  #leave(file: string, reason: string): void {
    debugLog(`${file}: ${reason}`)
  }
}

interface Asked {
  readonly url: string
  readonly kind: SourceKind
  readonly language: Language
  readonly check: boolean
}

interface Manner extends Omit<Asked, 'url'> {
  readonly maps: boolean
  readonly requests: boolean
}

function rewritten(url: string, file: string, source: string, { maps, ...manner }: Manner): Kept {
  const result = rewrite(source, {
    file: url,
    upstream: maps ? upstreamMap(file, source) : undefined,
    ...manner,
  })
  if ('untouched' in result) return { code: undefined, untouched: result.untouched }
  if (isDebugged) {
    for (const { untouched, name, start } of result.functions.functions) {
      if (untouched !== undefined) debugLog(`${file}:${start.line} function ${name}: ${untouched}`)
    }
  }
  return { code: maps ? `${result.code}\n${mapComment(result.map)}` : result.code }
}

/** The language a file is written in, as far as its loader has left it so. */
export function languageOf(file: string, isCompiled = false): Language | undefined {
  const extension = path.extname(file)
  switch (extension) {
    case '.js':
    case '.mjs':
    case '.cjs':
    case '':
      return 'js'
    case '.jsx':
      return 'jsx'
    case '.ts':
    case '.mts':
    case '.cts':
      return isCompiled ? 'js' : 'ts'
    case '.tsx':
      return isCompiled ? 'js' : 'tsx'
    default:
      return undefined
  }
}

function mapComment(map: unknown): string {
  const text = Buffer.from(JSON.stringify(map)).toString('base64')
  return `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${text}`
}
