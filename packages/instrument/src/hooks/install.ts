import * as inspector from 'node:inspector'
import * as nodeModule from 'node:module'
import { Runtime } from '../runtime.ts'
import { cacheFolder } from './cache-folder.ts'
import { CommonJsHook } from './commonjs.ts'
import { keepCompiled } from './compile-cache.ts'
import { Instrumenter, type InstrumenterOptions } from './instrumenter.ts'
import { instrumentLoaded, type Loaded } from './load.ts'
import { LoaderThread, mayImport, startsAsCommonJs } from './loader-thread.ts'
import { asRequired, foreignExtensions, isForRequire } from './required-entry.ts'
import { StackHook } from './stack-hook.ts'
import { Tables } from './tables.ts'
import { userCodeOptions } from './user-code.ts'

const installedKey = Symbol.for('throwpoint.instrument.hooks.1')

interface RegisterHooks {
  registerHooks?: (hooks: {
    load: (url: string, context: unknown, nextLoad: (url: string, context: unknown) => Loaded) => Loaded
  }) => unknown
}

/** Functions register while they run where somebody may ask in which of them a request waits. */
function listsRequests(env: NodeJS.ProcessEnv): boolean {
  const {
    THROWPOINT_REQUESTS: given = '',
    THROWPOINT_TERMINAL: terminal,
    THROWPOINT_WATCHDOG: watchdog = '',
  } = env
  if (given !== '') return given === '1'
  return terminal === 'session' || !/^(?:|0|off|no|false)$/i.test(watchdog.trim())
}

/**
 * Rewrites all user modules this thread loads from now on. Once in a thread, however often it is called.
 *
 * @returns what rewrites them; undefined when it has been installed before
 */
export function installHooks(options: Partial<InstrumenterOptions> = {}): Instrumenter | undefined {
  const registry = globalThis as Record<symbol, unknown>
  if (registry[installedKey] !== undefined) return undefined
  const full: InstrumenterOptions = {
    ...userCodeOptions(),
    maps: readsMaps(),
    cache: cacheFolder(),
    requests: listsRequests(process.env),
    ...options,
  }
  if (full.cache !== undefined) keepCompiled(full.cache, full.root)
  const tables = new Tables()
  const runtime = Runtime.shared()
  runtime.listsRequests = full.requests === true
  const instrumenter = new Instrumenter(full, (file, table) => tables.add(file, table))
  Object.defineProperty(registry, installedKey, { value: instrumenter })
  const commonJs = new CommonJsHook(instrumenter)
  commonJs.install()
  new StackHook(runtime).install()
  const { registerHooks } = nodeModule as unknown as RegisterHooks
  if (registerHooks !== undefined) {
    registerHooks({
      load: (url, context, nextLoad) => {
        const isImported = (context as { conditions?: string[] }).conditions?.includes('import') === true
        let loaded: Loaded
        try {
          loaded = nextLoad(url, context)
        } catch (error) {
          if (isImported && isForRequire(url, error, foreignExtensions())) return asRequired
          throw error
        }
        if (isImported && isForRequire(url, loaded, foreignExtensions())) return asRequired
        return isImported ? instrumentLoaded(instrumenter, url, loaded) : commonJs.required(url, loaded)
      },
    })
    runtime.addTables((file) => tables.find(file))
  } else {
    const thread = new LoaderThread(full, tables)
    runtime.addTables((file) => thread.find(file))
    if (startsAsCommonJs()) {
      commonJs.onText = (text, format) => {
        if (!mayImport(text, format)) return
        commonJs.onText = undefined
        thread.start()
      }
    } else thread.start()
  }
  return instrumenter
}

/** The instrumenter of this thread, if the preload is active. */
export function activeInstrumenter(): Instrumenter | undefined {
  return (globalThis as Record<symbol, unknown>)[installedKey] as Instrumenter | undefined
}

/** Maps cost time and memory, so they are made only where somebody may read them. */
function readsMaps(): boolean {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ')
  // tsx compiles ES modules behind us, and puts our map in front of its own.
  return /--enable-source-maps|--inspect|[ =/]tsx(?=[ /]|$)/.test(flags) || inspector.url() !== undefined
}
