import { t } from '#renderer/messages/translate.ts'

type Rule = readonly [says: RegExp, words: (first: string, second: string) => string]

/** What shared/form-values.ts says about a value, and the same as a message of the window. */
const RULES: readonly Rule[] = [
  [/^(.+) is missing\.$/s, (title) => t('connect.problem.missing', { title })],
  [/^Only the part before (.+) is wanted here\.$/s, (suffix) => t('connect.problem.before-suffix', { suffix })],
  [/^Only the host is wanted here, without https:\/\/ and path\.$/, () => t('connect.problem.host')],
  [/^The whole address is wanted here, beginning with https:\/\/\.$/, () => t('connect.problem.uri')],
  [/^A UUID is wanted here: 32 digits and letters a to f in five groups\.$/, () => t('connect.problem.uuid')],
  [/^An email address is wanted here\.$/, () => t('connect.problem.email')],
  [/^(\d+) characters are wanted here; this has (\d+)\.$/, (wanted, given) => t('connect.problem.length', { wanted, given })],
  [/^A blank is in the middle of it\. Copy it again, in one piece\.$/, () => t('connect.problem.blank')],
  [/^It is not written like this\. Copy it again, in one piece\.$/, () => t('connect.problem.shape-secret')],
  [/^It is not written like this\. An example: (.+)$/s, (example) => t('connect.problem.shape-example', { example })],
  [/^It is not written like this\.$/, () => t('connect.problem.shape')],
  [/^It is one of: (.+) and others\.$/s, (options) => t('connect.problem.options-more', { options })],
  [/^It is one of: (.+)\.$/s, (options) => t('connect.problem.options', { options })],
  [/^This is too long: at most (\d+) characters\.$/, (most) => t('connect.problem.too-long', { most })],
  [/^It holds a line break or a character that cannot be seen\. Type it again\.$/, () => t('connect.problem.unseen')],
  [/^A number is wanted here\.$/, () => t('connect.problem.number')],
  [/^This key is locked with a passphrase, which Nango cannot ask for\. Give one without\.$/, () => t('connect.problem.key-locked')],
  [/^This is an OpenSSH key\. Give the key as PEM \(PKCS #8\)\.$/, () => t('connect.problem.key-openssh')],
  [/^This file holds something else than a private key\.$/, () => t('connect.problem.not-key')],
  [/^This file holds something else than a certificate\.$/, () => t('connect.problem.not-certificate')],
  [/^This is no private key as PEM\. The whole file is wanted, from BEGIN to END\.$/, () => t('connect.problem.pem-key')],
  [/^This is no certificate as PEM\. The whole file is wanted, from BEGIN to END\.$/, () => t('connect.problem.pem-certificate')],
  [/^This is no private key as JWK\. A JSON object with kty and d is wanted\.$/, () => t('connect.problem.jwk')],
  [
    /^This is no service account file\. A JSON object with type service_account and private_key is wanted\.$/,
    () => t('connect.problem.service-account'),
  ],
  [/^true or false is wanted here\.$/, () => t('connect.problem.boolean')],
]

/** What is wrong with a value, in the language of the window; a sentence that is not known here stays as it is. */
export const fieldProblemWords = (message: string): string => {
  for (const [says, words] of RULES) {
    const found = says.exec(message)
    if (found !== null) return words(found[1] ?? '', found[2] ?? '')
  }
  return message
}
