import type { MessagePort } from 'node:worker_threads'
import { Instrumenter, type InstrumenterOptions } from './instrumenter.ts'
import { asRequired, isForRequire, toldExtensions } from './required-entry.ts'
import { instrumentLoaded, type Loaded } from './load.ts'

/** What the main thread tells the loader thread. */
export interface LoaderData {
  readonly options: InstrumenterOptions
  readonly port: MessagePort
  /** What `require` knows by others than Node. */
  readonly extensions: readonly string[]
}

let instrumenter: Instrumenter | undefined
let foreign: readonly string[] = []
let toldBy: MessagePort | undefined

/** Called by Node when `module.register` has started the loader thread. */
export function initialize({ options, port, extensions }: LoaderData): void {
  foreign = extensions
  toldBy = port
  instrumenter = new Instrumenter(options, (file, table) => port.postMessage({ file, table }))
}

/** The load hook of Node versions without `module.registerHooks`; it sees ES modules only. */
export async function load(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  let loaded: Loaded
  try {
    loaded = await nextLoad(url, context)
  } catch (error) {
    foreign = (toldBy && toldExtensions(toldBy)) ?? foreign
    if (isForRequire(url, error, foreign)) return asRequired
    throw error
  }
  return instrumenter === undefined ? loaded : instrumentLoaded(instrumenter, url, loaded)
}
