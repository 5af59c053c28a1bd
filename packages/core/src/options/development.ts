/*
 * Imports nothing and is a module of its own: it is all an adapter loads when it finds out whether to load the rest.
 */

export type Environment = Readonly<Record<string, string | undefined>>

export interface DevelopmentDecision {
  readonly active: boolean
  /** Why, in words that follow "Throwpoint is on: " or "Throwpoint is off: ". */
  readonly reason: string
  /** A line for the terminal that says how to switch it on; only where being off may surprise. */
  readonly notice?: string
}

/** Variables that the platforms people deploy to set in every process. */
const productionMarkers: ReadonlyArray<readonly [variable: string, platform: string]> = [
  ['KUBERNETES_SERVICE_HOST', 'Kubernetes'],
  ['AWS_LAMBDA_FUNCTION_NAME', 'AWS Lambda'],
  ['VERCEL', 'Vercel'],
  ['DYNO', 'Heroku'],
  ['FLY_APP_NAME', 'Fly.io'],
  ['RENDER', 'Render'],
  ['K_SERVICE', 'Cloud Run'],
]

let told = false

/**
 * Whether this is a development process. Where a production platform is the reason that it is not, stderr gets one
 * line, once, that says how to switch it on. Never throws.
 */
export function isDevelopment(options?: unknown, env: Environment = process.env): boolean {
  const { active, notice } = decideDevelopment(env, options)
  if (notice === undefined || told) return active
  told = true
  try {
    process.stderr.write(`${notice}\n`)
  } catch {
    // Nobody reads stderr.
  }
  return active
}

/**
 * `NODE_ENV=production` decides before everything else, then `THROWPOINT`, then the option `enabled`, then
 * `NODE_ENV=development`, or no `NODE_ENV` and no sign of a production platform. Never throws.
 */
export function decideDevelopment(env: Environment, options?: unknown): DevelopmentDecision {
  // `set NODE_ENV=production && node app` of Windows leaves a space at the end.
  const mode = (env['NODE_ENV'] ?? '').trim()
  if (mode.toLowerCase() === 'production') return { active: false, reason: 'NODE_ENV is production' }
  const flag = parseFlag(env['THROWPOINT'])
  if (flag !== undefined) return { active: flag, reason: `THROWPOINT is ${flag ? 'on' : 'off'}` }
  const enabled = enabledOf(options)
  if (enabled !== undefined) return { active: enabled, reason: `the option "enabled" is ${enabled}` }
  if (mode === 'development') return { active: true, reason: 'NODE_ENV is development' }
  if (mode !== '') return { active: false, reason: 'NODE_ENV is neither "development" nor unset' }
  for (let at = 0; at < productionMarkers.length; at++) {
    const [variable, platform] = productionMarkers[at]!
    if ((env[variable] ?? '') === '') continue
    const reason = `${variable} is set, so this looks like production (${platform})`
    const notice = `throwpoint: off, because ${reason}. Set NODE_ENV=development or THROWPOINT=1 to switch it on.`
    return { active: false, reason, notice }
  }
  return { active: true, reason: 'NODE_ENV is not set' }
}

/** What a person may write for yes and no; undefined for anything else. */
export function parseFlag(text: string | undefined): boolean | undefined {
  switch (text?.trim().toLowerCase()) {
    case '1':
    case 'true':
    case 'on':
    case 'yes':
      return true
    case '0':
    case 'false':
    case 'off':
    case 'no':
      return false
    default:
      return undefined
  }
}

function enabledOf(options: unknown): boolean | undefined {
  if (typeof options !== 'object' || options === null) return undefined
  try {
    const { enabled } = options as { enabled?: unknown }
    return typeof enabled === 'boolean' ? enabled : undefined
  } catch {
    return undefined
  }
}
