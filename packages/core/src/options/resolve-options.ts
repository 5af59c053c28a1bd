import { defaultLimits, type Limits, type Report } from '@throwpoint/protocol'
import { ThrowpointTypeError } from '../errors.ts'
import { decideDevelopment, type Environment } from './development.ts'
import { editorUrl } from './editor.ts'
import { didYouMean, given, isRecord, milliseconds, type RedactNames } from './option-kind.ts'
import { optionTable, type OptionVariable } from './option-table.ts'
import { nearest } from './nearest.ts'
import type { BoundaryContext, DebugOptions } from './options.ts'
import { stateDirectory } from './project.ts'

/** Every option, filled in: what `debugMiddleware(options)` works with. */
export interface ResolvedOptions {
  readonly enabled: boolean
  readonly engine: 'auto' | 'instrumented' | 'stack'
  readonly page: boolean
  readonly terminal: 'report' | 'session' | 'off'
  /** Milliseconds; undefined: until somebody acts. */
  readonly holdMs: number | undefined
  /** An absolute path, or false. */
  readonly dump: false | string
  /** An absolute path, or false. */
  readonly record: false | string
  readonly recordSecrets: boolean
  readonly break: false | 'boundary'
  readonly breakOnStart: boolean
  /** Seconds. */
  readonly watchdog: number | false
  readonly ignore: ((error: unknown, context: BoundaryContext) => boolean) | undefined
  readonly redact: RedactNames
  readonly limits: Limits
  /** Starts with a slash, and does not end with one. */
  readonly path: string
  /** Lower-case, without ports. */
  readonly hosts: readonly string[]
  /** A URL with `{file}`, `{line}` and `{column}`; undefined for no links. */
  readonly editor: string | undefined
  readonly onReport: ((report: Report) => void) | undefined
  /** What in the environment could not be used: one sentence each. */
  readonly warnings: readonly string[]
}

type Given = { -readonly [Name in keyof DebugOptions]?: unknown }

/**
 * Checks and completes what was given. `NODE_ENV=production` goes before the environment, that before the options.
 * @throws {ThrowpointTypeError} `TP_UNKNOWN_OPTION` for an option there is not, `TP_BAD_OPTION` for a value that does
 * not fit. What the environment says never throws: it is left out, with a sentence in `warnings`.
 */
export function resolveOptions(options?: DebugOptions, env: Environment = process.env): ResolvedOptions {
  const warnings: string[] = []
  const fromCode = checkOptions(options)
  const fromEnv = readEnvironment(env, warnings)
  const chosen = { __proto__: null, ...fromCode, ...fromEnv } as unknown as Partial<ResolvedOptions> & {
    dump?: boolean | string
    hold?: false | string
    record?: boolean | string
    editor?: false | string
  }
  return {
    enabled: decideDevelopment(env, options).active,
    engine: chosen.engine ?? 'auto',
    page: chosen.page ?? true,
    // There is no prompt without one.
    terminal: chosen.terminal ?? (chosen.breakOnStart === true ? 'session' : 'report'),
    holdMs: milliseconds(chosen.hold ?? '10m'),
    dump: stateDirectory('dump', chosen.dump ?? false, env, warnings),
    record: stateDirectory('record', chosen.record ?? false, env, warnings),
    recordSecrets: chosen.recordSecrets ?? false,
    break: chosen.break ?? false,
    breakOnStart: chosen.breakOnStart ?? false,
    watchdog: chosen.watchdog ?? false,
    ignore: chosen.ignore,
    redact: {
      names: both(fromCode.redact, fromEnv.redact, 'names'),
      keep: both(fromCode.redact, fromEnv.redact, 'keep'),
    },
    limits: { ...defaultLimits, ...(fromCode.limits as object), ...(fromEnv.limits as object) },
    path: chosen.path ?? '/__throwpoint',
    hosts: chosen.hosts ?? [],
    editor: editorUrl(chosen.editor, env),
    onReport: chosen.onReport,
    warnings,
  }
}

function checkOptions(options: unknown): Given {
  const result: Given = {}
  if (options === undefined) return result
  if (!isRecord(options)) {
    throw new ThrowpointTypeError(
      'TP_BAD_OPTION',
      `debugMiddleware(options): options must be an object, not ${given(options)}`,
    )
  }
  const known = optionTable.map(({ name }) => name as string)
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue
    const hint = didYouMean(name, known)
    throw new ThrowpointTypeError('TP_UNKNOWN_OPTION', `There is no option ${given(name)}${hint}`)
  }
  for (const { name, check } of optionTable) {
    const value = ownOrInherited(options, name)
    if (value === undefined) continue
    const checked = check(value)
    if ('problem' in checked) {
      throw new ThrowpointTypeError('TP_BAD_OPTION', `The option "${name}" ${checked.problem}`)
    }
    result[name] = checked.value
  }
  return result
}

/** Options may come from a class or from `Object.create(defaults)`, but never from a polluted `Object.prototype`. */
function ownOrInherited(options: Readonly<Record<string, unknown>>, name: string): unknown {
  if (!Object.hasOwn(options, name) && Object.hasOwn(Object.prototype, name)) return undefined
  return options[name]
}

function readEnvironment(env: Environment, warnings: string[]): Given {
  const result: Given = {}
  const known: string[] = []
  for (const { name, variables } of optionTable) {
    for (const variable of variables) {
      known.push(variable.name)
      const value = readVariable(variable, env[variable.name], warnings)
      if (value === undefined) continue
      result[name] =
        variable.part === undefined ? value : { ...(result[name] as object), [variable.part]: value }
    }
  }
  for (const name of Object.keys(env)) {
    if (!/^throwpoint/i.test(name) || known.includes(name)) continue
    const near = nearest(bareName(name), known.map(bareName))
    if (near !== undefined) {
      warnings.push(
        `The variable ${name} is not known; did you mean ${`THROWPOINT_${near}`.replace(/_$/, '')}?`,
      )
    }
  }
  return result
}

/** What they all begin with makes none alike. */
function bareName(variable: string): string {
  return variable.replace(/^THROWPOINT_?/i, '')
}

/** A variable that is set to nothing is not set. */
function readVariable(
  { name, parse }: OptionVariable,
  text: string | undefined,
  warnings: string[],
): unknown {
  if (text === undefined || text.trim() === '') return undefined
  const checked = parse(text)
  if (!('problem' in checked)) return checked.value
  warnings.push(`The variable ${name} is ignored: it ${checked.problem}`)
  return undefined
}

function both(fromCode: unknown, fromEnv: unknown, part: keyof RedactNames): readonly string[] {
  const lists = [fromCode, fromEnv] as ReadonlyArray<Partial<RedactNames> | undefined>
  return lists.flatMap((list) => list?.[part] ?? [])
}
