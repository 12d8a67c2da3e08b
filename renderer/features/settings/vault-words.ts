import type { VaultStatus, VaultTier } from '#shared/contract/vault'

/** Each tier by its honest name. */
export const TIER_NAMES: Readonly<Record<VaultTier, string>> = {
  keychain: 'OS keychain',
  passphrase: 'Passphrase',
  'key-file': 'Key file, readable by you',
}

/** What each tier protects from, and what not. */
export const TIER_WORDS: Readonly<Record<VaultTier, { readonly words: string; readonly but: string | null }>> = {
  keychain: {
    words: 'Keeps secrets from other people and from a copied disk.',
    but: 'Does not keep them from programs that run as you.',
  },
  passphrase: { words: 'As above, and closed until you type it. Works without a keychain; lost passphrase, lost secrets.', but: null },
  'key-file': { words: 'Anyone who can read your files can read the secrets. Only for machines without any other way.', but: null },
}

/** The tier in force with who keeps the key: `OS keychain (Secret Service)`. */
export const tierName = ({ tier, backend }: Pick<VaultStatus, 'tier' | 'backend'>): string => {
  if (tier === null) return 'not known yet'
  return tier === 'keychain' && backend !== null ? `${TIER_NAMES[tier]} (${backend})` : TIER_NAMES[tier]
}

export const SHORTEST_PASSPHRASE = 8

/** What is wrong with a passphrase that is to be set, field by field. */
export const passphraseProblems = (passphrase: string, again: string): { readonly passphrase?: string; readonly again?: string } => {
  const length = [...passphrase].length
  if (length === 0) return { passphrase: 'The passphrase is missing.' }
  if (length < SHORTEST_PASSPHRASE) return { passphrase: `At least ${SHORTEST_PASSPHRASE} characters; this has ${length}.` }
  if (passphrase !== again) return { again: again === '' ? 'Type it once more.' : 'This is not the same as above.' }
  return {}
}
