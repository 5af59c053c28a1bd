import { existsSync, readFileSync } from 'node:fs'
import * as nodeModule from 'node:module'
import path from 'node:path'
import type { MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { FunctionTable } from '../function-table.ts'
import { packageFile } from '../package-file.ts'
import { debugLog } from './debug-log.ts'
import type { InstrumenterOptions } from './instrumenter.ts'
import { foreignExtensions, tellLoader } from './required-entry.ts'
import type { Tables, TableSource } from './tables.ts'
import { isMainThread, workerThreads } from './threads.ts'

/**
 * ES modules where Node has no `module.registerHooks`: they are rewritten in the thread of its loader. Starting that
 * thread costs more than all else, so a program of CommonJS alone does without.
 */
export class LoaderThread {
  readonly #options: InstrumenterOptions
  readonly #tables: Tables
  /** To the thread, once it has been started. */
  #port: MessagePort | undefined

  constructor(options: InstrumenterOptions, tables: Tables) {
    this.#options = options
    this.#tables = tables
  }

  /** Once. */
  start(): void {
    if (this.#port !== undefined) return
    const { port1, port2 } = new (workerThreads().MessageChannel)()
    this.#port = port1
    port1.unref()
    try {
      nodeModule.register(packageFile('hooks/loader.js'), {
        data: { options: this.#options, port: port2, extensions: foreignExtensions() },
        transferList: [port2],
      })
    } catch (error) {
      // The loader thread of Node runs what `-r` names, too, and can register nothing
      debugLog(`ES modules are not instrumented in this thread: ${String(error)}`)
      return
    }
    tellLoader(port1)
  }

  find(file: string): (() => FunctionTable | undefined) | undefined {
    const next = (): ReturnType<typeof receiveMessageOnPort> =>
      this.#port === undefined ? undefined : workerThreads().receiveMessageOnPort(this.#port)
    // The loader runs ahead of us: what it has sent waits in the port
    for (let message = next(); message !== undefined; message = next()) {
      const { file: sent, table } = message.message as { file: string; table: TableSource }
      this.#tables.add(sent, table)
    }
    return this.#tables.find(file)
  }
}

/** Text that may be an ES module, or load one: then the thread has to be there first. */
export function mayImport(text: string, format: unknown): boolean {
  if (format === 'module' || /\bimport\s*[(/.]/.test(text)) return true
  return format !== 'commonjs' && /^\s*(?:import|export)\b/m.test(text)
}

/**
 * Whether the program is certainly CommonJS, as far as its first file goes, and nobody but us has a word in how it is
 * loaded.
 */
export function startsAsCommonJs(
  entry: string | undefined = process.argv[1],
  flags: readonly string[] = process.execArgv,
  nodeOptions: string = process.env['NODE_OPTIONS'] ?? '',
): boolean {
  if (!isMainThread || entry === undefined || /[\\/]node_modules[\\/]/.test(entry)) return false
  const all = [...flags, ...nodeOptions.split(/\s+/)]
  const loading = all.filter((flag) =>
    /^(?:--import|--require|-r|--(?:experimental-)?loader)(?:=|$)/.test(flag),
  )
  const others = all.some((flag) =>
    /^(?:--test|--eval|--print|-[epi]|--(?:experimental-)?default-type)/.test(flag),
  )
  if (loading.length > 1 || others) return false
  try {
    if (!existsSync(entry)) return false
    const extension = path.extname(entry)
    if (extension === '.cjs') return true
    if (extension !== '.js') return false
    const type = typeOf(path.dirname(entry))
    // Node looks into the text then
    if (type === undefined) return !/\b(?:import|export|await)\b/.test(readFileSync(entry, 'utf8'))
    return type === 'commonjs'
  } catch {
    return false
  }
}

/** The `type` of the package a folder is in. */
function typeOf(folder: string): unknown {
  const manifest = path.join(folder, 'package.json')
  if (existsSync(manifest)) return (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: unknown }).type
  const parent = path.dirname(folder)
  return parent === folder ? undefined : typeOf(parent)
}
