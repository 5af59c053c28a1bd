import { isDigit, isLetter } from './characters.ts'
import {
  codes,
  folded,
  foldAfterSign,
  foldLastDecoded,
  foldLastPart,
  foldName,
  foldPlain,
} from './folded-name.ts'
import { looksSecret, looksSecretIn } from './looks-secret.ts'
import { WordTable } from './word-table.ts'

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
const exact = words(`
  accesskey accesstoken accountkey adminpass adminpw aeskey aiohttpsession apikey apisecret apisignature
  appkey applicationkey authcode authkey authorization authpass authtoken clientsecret codeverifier
  connectionstring connectsid contrasena cookie cookies credential credentials cryptokey csrf csrftoken
  databaseurl dbpass dbpw dburl dsn emailpass encryptionkey ftppass gpgkey hmackey idtoken jwt kennwort
  keypem licensekey mailpass masterkey mnemonic mongouri mongourl motdepasse mysqlpass mysqlpwd oauthtoken
  passcode passhash passphrase passwd password passwordb passwords passwort pemfile pepper pgpass
  pgpassword pgpkey phpsessid pkcs8 postgrespass presharedkey privatekey proxyauthorization psk pw pwd
  recaptchakey recoverycodes redispass redisurl refreshtoken rootpass rsakey secret secretkey secrets
  secrettoken seedphrase senha serviceaccountcredentials serviceaccountkey sessionid sessionkey setcookie
  sharedaccesskey sharedaccesssignature sharedkey signaturekey signingkey smtppass sshkey sshpass sslkey
  storageaccountkey symfony tlskey token twiliotoken userpass userpw webhooksecret wifipsk xapikey
  xauthtoken xcsrftoken xforwardedclientcert xsrf xsrftoken пароль パスワード 密码 密碼 비밀번호
`)

/** As above, and a number is one too. */
const numbers = words(`
  backupcode backupcodes cardnumber ccnumber certificatepin creditcard creditcardnumber cvc cvv iban
  mfacode otp otpcode passcode passwd password pincode resetcode routingnumber securityanswer securitycode
  smscode ssn taxid totp totpcode twofactorcode verificationcode voterid
`)

/**
 * Names that often mean something else: a cache key, the pin of a board, a session object. dd-trace's list hides these
 * and `env`, `ipaddress`, `clientid`, `publickey`, `transactionid` as well: too much for somebody who is debugging.
 */
const ambiguous = words(`
  2fa auth cc cipher code encryptionkeyid iv jti key nonce oauth pass pin salt seed session sid sig
  signature usersession xamzsignature xgoogsignature
`)

/** What may follow when the name is not that of the secret itself: `tokenizer`, `passwordPolicy`, `secretary`. */
const benign = words(`
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

const urlNames = words('connectionstring databaseurl dburl dsn mongouri mongourl redisurl')

const never: Rule = { verdict: 'never' }
const always: Rule = { verdict: 'always' }
const number: Rule = { verdict: 'number' }
const text: Rule = { verdict: 'text' }
const maybe: Rule = { verdict: 'maybe' }
const url: Rule = { verdict: 'text', but: 'url' }
const token: Rule = { verdict: 'text', but: 'token' }
const tokens: Rule = { verdict: 'text', but: 'tokens' }

const listed = tableOf([
  [numbers, number],
  [urlNames, url],
  [['pwd'], { verdict: 'text', but: 'directory' }],
  [exact, text],
  [ambiguous, maybe],
])
const benignEnds = tableOf([[benign, true]])

function tableOf<Value>(lists: ReadonlyArray<readonly [readonly string[], Value]>): WordTable<Value> {
  const table = new WordTable<Value>(lists.reduce((count, [list]) => count + list.length, 0))
  for (const [list, value] of lists) for (const word of list) table.add(word, value)
  return table
}

/** How a name in a text is written: in ASCII and no path; else; with `%` in it. */
export type Spelling = 'plain' | 'path' | 'percent'

/** Which names hide their values: the built-in lists, and what the user added and took out. */
export class Names {
  readonly #keep: Readonly<Record<string, true>>
  /** What the user says of names. Undefined when nothing. */
  readonly #users: WordTable<Rule> | undefined
  #known = nothingKnown()
  #size = 0

  constructor(names: readonly string[], keep: readonly string[]) {
    this.#keep = setOf(keep)
    if (names.length + keep.length === 0) return
    this.#users = new WordTable(names.length + keep.length)
    for (let at = 0; at < keep.length; at++) this.#users.add(unwrapped(keep[at]!), never)
    for (let at = 0; at < names.length; at++) this.#users.add(unwrapped(names[at]!), always)
  }

  verdict(name: string): Verdict {
    return this.rule(name).verdict
  }

  rule(name: string): Rule {
    const known = this.#known[name]
    if (known !== undefined) return known
    foldName(unwrapped(name))
    const rule = this.#judge()
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

  /** The rule of the last part of the path that stands in a text, percent-encoded or not. Remembers nothing. */
  ruleIn(text: string, from: number, to: number, spelling: Spelling): Rule {
    if (spelling === 'plain') {
      foldPlain(text, from, to)
      return this.#judge()
    }
    if (spelling === 'path') {
      foldLastPart(text, from, to)
      return this.#judge()
    }
    const cut = foldAfterSign(text, from, to)
    const rule = this.#judge()
    if (!cut || (rule !== never && rule !== maybe)) return rule
    foldLastDecoded(text, from, to)
    const whole = this.#judge()
    return whole === never ? rule : whole
  }

  keeps(name: string): boolean {
    return this.#users !== undefined && normalise(name) in this.#keep
  }

  /** Whether everything in an object of this name is a secret, under whatever name. */
  isSafe(name: string): boolean {
    const plain = normalise(name)
    return plain in safes && !(plain in this.#keep)
  }

  /** Of the name that was folded last. */
  #judge(): Rule {
    const { length, partEnd: end } = folded
    if (length === 0) return never
    const rule = this.#users?.get()
    if (rule !== undefined) return rule
    if (end === length && isToken(end)) return token
    if (end === length - 1 && codes[end] === letterS && isToken(end)) return tokens
    const known = listed.get()
    if (known !== undefined) return known
    if (end === -1) return never
    // `tokenTypes`, `tokensUsed`
    const from = codes[end] === letterS ? end + 1 : end
    const to = codes[length - 1] === letterS ? length - 1 : length
    const benign =
      benignEnds.find(end, length) ??
      (to > end ? benignEnds.find(end, to) : undefined) ??
      (from > end && from < length ? benignEnds.find(from, length) : undefined)
    return benign === true ? maybe : text
  }
}

const letterS = 0x73

/** The only listed part that ends with `ken`. */
function isToken(end: number): boolean {
  return codes[end - 1] === 0x6e && codes[end - 2] === 0x65 && codes[end - 3] === 0x6b
}

/** The same of a part of a text. Most is decided upon without making a string of it. */
export function hidesPart(rule: Rule, text: string, from: number, to: number): boolean {
  const { verdict, but } = rule
  if (verdict === 'never' || from >= to) return false
  if (verdict === 'maybe') return looksSecretIn(text, from, to)
  const code = text.charCodeAt(from)
  if (code >= 0x80 || harmlessBegin[code] === 0) {
    if (but === undefined) return true
    if (but === 'directory') return code !== slash && !isDrive(text, from)
    if (but === 'token' || but === 'tokens') {
      return to - from >= 8 || hasDigit(text, from, to, but === 'tokens')
    }
  }
  return hidesText(rule, text.slice(from, to))
}

const slash = 0x2f

/** `C:\` and `C:/`, though the part may end with the colon. */
function isDrive(text: string, from: number): boolean {
  const sign = text.charCodeAt(from + 2)
  return (
    isLetter(text.charCodeAt(from)) && text.charCodeAt(from + 1) === 0x3a && (sign === 0x5c || sign === slash)
  )
}

function hasDigit(text: string, from: number, to: number, otherToo: boolean): boolean {
  let digits = 0
  for (let at = from; at < to; at++) if (isDigit(text.charCodeAt(at))) digits++
  return digits > 0 && (!otherToo || digits < to - from)
}

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

/** What a harmless text, or the marker, begins with. */
const harmlessBegin = new Uint8Array(128)
for (const one of 'tTfFnNuU*?%$:{<[') harmlessBegin[one.charCodeAt(0)] = 1

/** The name as the lists have it: Unicode look-alikes folded, small letters, nothing but letters and digits. */
export function normalise(name: string): string {
  const text = unwrapped(name)
  if (/^[a-z\d]*$/.test(text)) return text
  foldName(text)
  let result = ''
  for (let at = 0; at < folded.length; at++) result += String.fromCharCode(codes[at]!)
  return result
}

/** A symbol is called like its description. */
function unwrapped(name: string): string {
  return name.startsWith('Symbol(') && name.endsWith(')') ? name.slice(7, -1) : name
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
  return setOf(words(text))
}

function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
