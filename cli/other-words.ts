/** Other words for a method. */
export const ALIASES: Readonly<Record<string, string>> = {
  status: 'system.status',
  lock: 'vault.lock',
  unlock: 'vault.unlock',
}

/** Other words for a domain. */
export const DOMAINS: Readonly<Record<string, string>> = { connectors: 'catalogue' }
