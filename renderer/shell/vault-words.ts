import type { VaultStatus, VaultTier } from '#shared/contract/vault'
import { t } from '#renderer/messages/translate.ts'
import { saidText } from '#renderer/ui/said-words.ts'

/** A tier by its honest name, what it protects from, and what not. */
export const tierWords = (tier: VaultTier): { readonly name: string; readonly words: string; readonly but: string | null } => ({
  name: t(`settings.tier.${tier}`),
  words: t(`settings.tier.${tier}-words`),
  but: tier === 'keychain' ? t('settings.tier.keychain-but') : null,
})

/** What the tier in force protects from: what the core says, which knows more, in the language of the window. */
export const protectionWords = ({ protection, said }: Pick<VaultStatus, 'protection' | 'said'>): string =>
  saidText(protection, said?.protection)

/** The tier in force with who keeps the key: `OS keychain (Secret Service)`. */
export const tierName = ({ tier, backend }: Pick<VaultStatus, 'tier' | 'backend'>): string => {
  if (tier === null) return t('settings.tier.unknown')
  const { name } = tierWords(tier)
  return tier === 'keychain' && backend !== null ? `${name} (${backend})` : name
}

export const SHORTEST_PASSPHRASE = 8

/** What is wrong with a passphrase that is to be set, field by field. */
export const passphraseProblems = (passphrase: string, again: string): { readonly passphrase?: string; readonly again?: string } => {
  const length = [...passphrase].length
  if (length === 0) return { passphrase: t('settings.passphrase.missing') }
  if (length < SHORTEST_PASSPHRASE) {
    return { passphrase: t('settings.passphrase.short', { least: SHORTEST_PASSPHRASE, count: length }) }
  }
  if (passphrase !== again) return { again: t(again === '' ? 'settings.passphrase.twice' : 'settings.passphrase.different') }
  return {}
}
