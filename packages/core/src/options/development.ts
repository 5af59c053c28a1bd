/*
 * Imports nothing: it is all an adapter loads in production.
 */

export type Environment = Readonly<Record<string, string | undefined>>

export interface DevelopmentDecision {
  readonly active: boolean
  /** Why, in words that follow "Throwpoint is on/off: ". */
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

/**
 * Whether this is a development process. `NODE_ENV=production` decides before everything else, then `THROWPOINT`, then
 * the option `enabled`, then `NODE_ENV=development`, or none and no sign of a production platform. Never throws.
 */
export function isDevelopment(env: Environment, options?: unknown): DevelopmentDecision {
  // `set NODE_ENV=production && node app` of Windows leaves a space at the end.
  const mode = (env['NODE_ENV'] ?? '').trim()
  if (mode.toLowerCase() === 'production') return { active: false, reason: 'NODE_ENV is production' }
  const flag = parseFlag(env['THROWPOINT'])
  if (flag !== undefined) return { active: flag, reason: `THROWPOINT is ${flag ? 'on' : 'off'}` }
  const enabled = enabledOf(options)
  if (enabled !== undefined) return { active: enabled, reason: `the option "enabled" is ${enabled}` }
  if (mode === 'development') return { active: true, reason: 'NODE_ENV is development' }
  if (mode !== '') return { active: false, reason: `NODE_ENV is ${JSON.stringify(mode)}` }
  for (const [variable, platform] of productionMarkers) {
    if ((env[variable] ?? '') === '') continue
    const reason = `${variable} is set, so this looks like production (${platform})`
    return {
      active: false,
      reason,
      notice: `Throwpoint is off: ${reason}. To switch it on, set NODE_ENV=development or THROWPOINT=1.`,
    }
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
