import type { MessagePort } from 'node:worker_threads'
import { Instrumenter, type InstrumenterOptions } from './instrumenter.ts'
import { instrumentLoaded, type Loaded } from './load.ts'

/** What the main thread tells the loader thread. */
export interface LoaderData {
  readonly options: InstrumenterOptions
  readonly port: MessagePort
}

let instrumenter: Instrumenter | undefined

/** Called by Node when `module.register` has started the loader thread. */
export function initialize({ options, port }: LoaderData): void {
  instrumenter = new Instrumenter(options, (file, table) => port.postMessage({ file, table }))
}

/** The load hook of Node versions without `module.registerHooks`; it sees ES modules only. */
export async function load(
  url: string,
  context: unknown,
  nextLoad: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  const loaded = await nextLoad(url, context)
  return instrumenter === undefined ? loaded : instrumentLoaded(instrumenter, url, loaded)
}
