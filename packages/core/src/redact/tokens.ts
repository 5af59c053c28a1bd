import { isUrlSafe } from './characters.ts'
import { looksSecretIn } from './looks-secret.ts'
import type { Found } from './shapes.ts'

/** Tokens that say themselves what they are. `rest`: what follows the prefix. */
export interface Prefixed {
  readonly prefix: string
  readonly rest: RegExp
  /** Where words may look like it: it begins no word's middle, and looks secret. */
  readonly check?: true
}

const letters = /[A-Za-z\d]{16,255}/y
const words = /\w{16,255}/y
const dashed = /[\w-]{16,255}/y
const short = /[\w-]{10,255}/y
const hex = /[\da-f]{32,64}(?![\da-z])/y

/** In the order in which they are tried where one begins like another. */
export const prefixed: readonly Prefixed[] = [
  // Amazon, GitHub, GitLab, Slack, Stripe
  ...all('AKIA ASIA', /[A-Z\d]{16}(?![A-Za-z\d])/y),
  ...all('ghp_ gho_ ghu_ ghs_ ghr_', letters),
  ...all('github_pat_', words),
  ...all('glpat- glptt- gldt- glrt- glcbt-', dashed),
  ...all('xoxa- xoxb- xoxc- xoxd- xoxe- xoxp- xoxr- xoxs- xapp-', short),
  ...all('hooks.slack.com/services/', /[\w/]{10,255}/y),
  ...all('sk_live_ sk_test_ rk_live_ rk_test_', /\w{10,255}/y),
  ...all('whsec_', /[\w+/=]{16,255}/y),
  // OpenAI and Anthropic, other models
  ...checked('sk-', /[\w-]{20,255}/y),
  ...checked('hf_ r8_', /[A-Za-z\d]{20,64}/y),
  ...checked('gsk_ xai-', letters),
  // Google
  ...all('AIza', /[\w-]{35}/y),
  ...all('ya29.', /[\w-]{16,512}/y),
  ...all('GOCSPX-', /[\w-]{16,64}/y),
  // Registries
  ...all('npm_', /[A-Za-z\d]{36}/y),
  ...all('pypi-AgE', dashed),
  ...all('dckr_pat_', dashed),
  // Mail and telephone
  ...all('SG.', /[\w-]{16,64}\.[\w-]{16,128}/y),
  ...checked('SK key-', hex),
  // Hosts, shops, tools
  ...all('dop_v1_ sbp_ shpat_ shpss_ shpca_ shppa_', hex),
  ...checked('dapi', hex),
  ...checked('sq0atp- sq0csp- lin_api_ ntn_ figd_ glsa_ pscale_tkn_ sntrys_ fm2_', words),
  ...checked('dp.pt. hvs. hvb.', dashed),
  ...all('PMAK- NRAK-', dashed),
  ...all('ATATT3 AGE-SECRET-KEY-1', /[\w-]{40,512}/y),
]

function all(prefixes: string, rest: RegExp): Prefixed[] {
  return prefixes.split(' ').map((prefix) => ({ prefix, rest }))
}

function checked(prefixes: string, rest: RegExp): Prefixed[] {
  return prefixes.split(' ').map((prefix) => ({ prefix, rest, check: true }))
}

export function prefixedToken(
  text: string,
  from: number,
  { prefix, rest, check }: Prefixed,
): Found | undefined {
  if (check === true && from > 0 && isUrlSafe(text.charCodeAt(from - 1))) return undefined
  rest.lastIndex = from + prefix.length
  if (!rest.test(text)) return undefined
  const to = rest.lastIndex
  return check === true && !looksSecretIn(text, from, to) ? undefined : { from, to }
}
