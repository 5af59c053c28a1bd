import { looksSecret } from './looks-secret.ts'

/**
 * How much a name says about its value.
 * - `always`: the user listed it: everything is hidden
 * - `number`: strings, and numbers too
 * - `text`: strings
 * - `maybe`: strings that look secret
 * - `never`: nothing is known, or the user listed it under `keep`
 */
export type Verdict = 'always' | 'number' | 'text' | 'maybe' | 'never'

/** What is known of a name. */
export interface Rule {
  readonly verdict: Verdict
  /** Values of another kind that such a name often has, and that are shown. */
  readonly but?: 'url' | 'directory' | 'token' | 'tokens'
}

/** Names whose value is a secret whatever it looks like. Written as `normalise` leaves them. */
const exact = wordSet(`
  accesskey accesstoken accountkey aiohttpsession apikey apisecret apisignature appkey applicationkey
  authorization authtoken clientsecret connectionstring connectsid cookie cookies credential credentials csrf
  csrftoken databaseurl dburl dsn encryptionkey gpgkey hmackey idtoken jwt licensekey masterkey mnemonic mongouri
  mongourl mysqlpwd oauthtoken passcode passhash passphrase passwd password passwordb passwords pemfile pepper pgpassword
  pgpkey phpsessid pkcs8 privatekey proxyauthorization pwd recaptchakey recoverycodes redisurl refreshtoken secret
  secretkey secrets secrettoken seedphrase serviceaccountcredentials sessionid sessionkey setcookie sharedaccesskey
  sharedaccesssignature signaturekey signingkey smtppass sshkey symfony token twiliotoken webhooksecret xapikey xauthtoken
  xcsrftoken xforwardedclientcert xsrf xsrftoken
`)

/** As above, and a number is one too. */
const numbers = wordSet(`
  cardnumber ccnumber certificatepin creditcard creditcardnumber cvc cvv iban otp passcode passwd password pincode
  routingnumber securityanswer securitycode ssn taxid totp voterid
`)

/**
 * Names that often mean something else: a cache key, the pin of a board, a session object. dd-trace's list hides these
 * and `env`, `ipaddress`, `clientid`, `publickey`, `transactionid` as well: too much for somebody who is debugging.
 */
const ambiguous = wordSet(`
  2fa auth cc cipher encryptionkeyid iv jti key nonce oauth pass pin salt seed session sid sig signature usersession
`)

/** A name with one of these in it is secret, unless what follows the last of them says otherwise. */
const part =
  /^.*(?:password|passwd|passphrase|secret|token|apikey|privatekey|credential|bearer|jwt|cookie|sessionid|csrf|xsrf)(.*)$/

/** What may follow when the name is not that of the secret itself: `tokenizer`, `passwordPolicy`, `secretary`. */
const benign = wordSet(`
  age alg algorithm allowed arial ariat ary aries at attempts audience banner budget callback changed changedat charset
  checked class claims column consent count counter created createdat deleted disabled domain enabled encoding end
  endpoint error exists expired expires expiresat expiresin expiry expiration factory field file filename format
  generator handler header headername help hint history id index input invalid ion ise ised iser ism issued issuedat
  issuer ization ize ized izer izing kind label length less lexer lifetime limit list location lookup manager map match
  matches max maxage message min missing mode model module name needed ok option optional param parameter parser path
  pattern placeholder policy pos position prefix present protection provider reader regex regexp required requirement
  reset resetat resetpath reseturl rule samesite schema scope score secure sent sentat service set size source start
  state status store strategy stream strength suffix table template ttl type updated updatedat uri url usage used valid
  validation validator verified version visible window
`)

/** Objects whose parts are secrets, whatever they are called. */
const safes = wordSet('apikeys cookies credentials passwords secrets signedcookies sessiontokens')

const urlNames = wordSet('connectionstring databaseurl dburl dsn mongouri mongourl redisurl')

/** Which names hide their values: the built-in lists, and what the user added and took out. */
export class Names {
  readonly #always: Readonly<Record<string, true>>
  readonly #keep: Readonly<Record<string, true>>
  #known = nothingKnown()
  #size = 0

  constructor(names: readonly string[], keep: readonly string[]) {
    this.#always = setOf(names)
    this.#keep = setOf(keep)
  }

  verdict(name: string): Verdict {
    return this.rule(name).verdict
  }

  rule(name: string): Rule {
    const known = this.#known[name]
    if (known !== undefined) return known
    const rule = this.#judge(normalise(name))
    if (name.length > 128) return rule
    // Names come from the application too: a million of them are not remembered.
    if (this.#size++ >= 4096) {
      this.#known = nothingKnown()
      this.#size = 0
    }
    // As keys of an object strings are copied; a Map would keep the whole text alive that they were cut from.
    this.#known[name] = rule
    return rule
  }

  keeps(name: string): boolean {
    return normalise(name) in this.#keep
  }

  /** Whether everything in an object of this name is a secret, under whatever name. */
  isSafe(name: string): boolean {
    const plain = normalise(name)
    return plain in safes && !(plain in this.#keep)
  }

  #judge(name: string): Rule {
    if (name in this.#keep) return never
    if (name in this.#always) return { verdict: 'always' }
    if (name in numbers) return { verdict: 'number' }
    if (name in urlNames) return { verdict: 'text', but: 'url' }
    if (name === 'pwd') return { verdict: 'text', but: 'directory' }
    if (name.endsWith('token')) return { verdict: 'text', but: 'token' }
    if (name.endsWith('tokens')) return { verdict: 'text', but: 'tokens' }
    if (name in exact) return { verdict: 'text' }
    if (name in ambiguous) return { verdict: 'maybe' }
    const rest = part.exec(name)?.[1]
    if (rest === undefined) return never
    // `tokenTypes`, `tokensUsed`
    const plain = rest.endsWith('s') ? rest.slice(0, -1) : rest
    const known = rest in benign || plain in benign || (rest.startsWith('s') && rest.slice(1) in benign)
    return { verdict: known ? 'maybe' : 'text' }
  }
}

const never: Rule = { verdict: 'never' }

/** Whether a string under a name with this rule is to be hidden. */
export function hidesText({ verdict, but }: Rule, text: string): boolean {
  if (verdict === 'never' || text === '' || text === marker) return false
  if (verdict === 'always') return true
  if (verdict === 'maybe') return looksSecret(text)
  if (text.length < 250 && harmless.test(text)) return false
  switch (but) {
    case 'url':
      // The password in it has a shape of its own; the host and the database are what one wants to see.
      return !/^[a-z][a-z\d+.-]*:\/\//i.test(text)
    case 'directory':
      // PWD is the working directory of a shell.
      return !/^(?:\/|[A-Za-z]:[\\/])/.test(text)
    case 'token':
      // The tokens of a parser are short: `if`, `+`, `ident`.
      return text.length >= 8 || /\d/.test(text)
    case 'tokens':
      // Those of a language model are a number.
      return text.length >= 8 || (/\d/.test(text) && /\D/.test(text))
    default:
      return true
  }
}

export const marker = '[redacted]'

/** What people write where there is no secret: a flag, a placeholder, an empty value. */
const harmless =
  /^(?:true|false|null|undefined|none|\*+|\?|%s|\$\d{1,3}|:\w{1,40}|\$?\{{1,2}[^{}]{0,200}\}{1,2}|<[\w -]{1,40}>)$/i

/** The name as the lists have it: Unicode look-alikes folded, small letters, nothing but letters and digits. */
export function normalise(name: string): string {
  const symbol = /^Symbol\((.*)\)$/.exec(name)
  const text = symbol === null ? name : symbol[1]!
  if (/^[a-z\d]*$/.test(text)) return text
  return text
    .slice(0, 256)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
}

function nothingKnown(): Record<string, Rule> {
  return Object.create(null) as Record<string, Rule>
}

function setOf(names: readonly string[]): Readonly<Record<string, true>> {
  const set = Object.create(null) as Record<string, true>
  for (let at = 0; at < names.length; at++) set[normalise(names[at]!)] = true
  return set
}

/** Words as the names of an object that inherits nothing. */
export function wordSet(text: string): Readonly<Record<string, true>> {
  return setOf(text.trim().split(/\s+/))
}
