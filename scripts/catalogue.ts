import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { getProviders, getProviderScopes } from '@nangohq/providers'
import { getIconsData, titleToSlug } from 'simple-icons/sdk'
import { formatManifestSchema } from '#core/catalogue/connector-manifest'
import { allLegacyNames } from '#core/catalogue/legacy-names'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import type { CatalogueEntry } from '#core/catalogue/normalize-provider'
import { formatSnapshot } from '#core/catalogue/snapshot'

const FEWEST_PROVIDERS = 900

/** Every provider of @nangohq/providers, normalised. That package answers undefined when it cannot read its own data. */
export const compileCatalogue = (): readonly CatalogueEntry[] => {
  const providers = getProviders()
  const scopes = getProviderScopes()
  if (providers === undefined || scopes === undefined) throw new Error('@nangohq/providers gave no data')
  const entries = Object.entries(providers).map(([id, definition]) => normalizeProvider(id, definition, scopes[id] ?? []))
  if (entries.length < FEWEST_PROVIDERS) throw new Error(`@nangohq/providers gave only ${entries.length} providers`)
  const ids = new Set(entries.map((entry) => entry.connectorId))
  for (const [name, connectorId] of allLegacyNames()) {
    if (ids.has(name)) throw new Error(`the legacy name ${name} is a connector of its own`)
    if (!ids.has(connectorId)) throw new Error(`the legacy name ${name} means ${connectorId}, which does not exist`)
  }
  return entries
}

/** Ways to sign in and flavours that a connector's id ends with and that never name another brand. */
const ID_SUFFIX =
  /-(oauth2?|oauth2-cc|cc|api|api-key|api-token|basic|pat|mcp|scim|sandbox|beta|app|app-oauth|api-client|service-account|personal-access-token|v[0-9])$/

const stripped = (id: string): string => {
  const shorter = id.replace(ID_SUFFIX, '')
  return shorter === id ? id : stripped(shorter)
}

const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** `GitHub (User OAuth)` is GitHub: what stands in brackets at the end names the way to sign in. */
const withoutBrackets = (name: string): string => name.replace(/\s*\([^()]*\)\s*$/, '')

/** A few marks carry terms of their own beside the collection's CC0; only terms that ask for nothing here are taken. */
const FREE_LICENCES: ReadonlySet<string> = new Set(['CC0-1.0', 'MIT'])

/** Same name, other brand: looked at one by one. */
const OTHER_BRAND: ReadonlySet<string> = new Set(['aspire', 'fathom', 'fathom-oauth', 'firefish'])

/** Connector to the path of its brand's mark (24x24), for certain matches only: the same name, never a likeness of it. */
export const compileIcons = async (
  entries: readonly CatalogueEntry[],
): Promise<ReadonlyMap<string, { slug: string; source: string; path: string }>> => {
  const icons = new Map((await getIconsData()).map((icon) => [icon.slug ?? titleToSlug(icon.title), icon]))
  const found = new Map<string, { slug: string; source: string; path: string }>()
  for (const entry of entries) {
    const name = withoutBrackets(entry.name)
    const candidates = [titleToSlug(name), entry.connectorId.replaceAll('-', ''), stripped(entry.connectorId).replaceAll('-', '')]
    const slug = candidates.find((candidate) => {
      const icon = icons.get(candidate)
      return (
        icon !== undefined &&
        FREE_LICENCES.has(icon.license?.type ?? 'CC0-1.0') &&
        plain(name).startsWith(plain(icon.title)) &&
        !OTHER_BRAND.has(entry.connectorId)
      )
    })
    if (slug === undefined) continue
    const svg = readFileSync(fileURLToPath(import.meta.resolve(`simple-icons/icons/${slug}.svg`)), 'utf8')
    const path = /<path d="([^"]+)"\/>/.exec(svg)?.[1]
    if (path !== undefined) found.set(entry.connectorId, { slug, source: icons.get(slug)?.source ?? '', path })
  }
  return found
}

/** The text of `resources/connector-icons.json`: sorted, one a line, LF. */
export const formatIcons = (icons: ReadonlyMap<string, { readonly path: string }>): string => {
  const lines = [...icons]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([connectorId, icon]) => `${JSON.stringify(connectorId)}:${JSON.stringify(icon.path)}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

if (import.meta.main) {
  const entries = compileCatalogue()
  const icons = await compileIcons(entries)
  writeFileSync(new URL('../resources/catalogue.json', import.meta.url), formatSnapshot(entries))
  writeFileSync(new URL('../resources/connector-icons.json', import.meta.url), formatIcons(icons))
  mkdirSync(new URL('../resources/connectors/', import.meta.url), { recursive: true })
  writeFileSync(new URL('../resources/connectors/manifest.schema.json', import.meta.url), formatManifestSchema())
  process.stdout.write(`${entries.length} connectors, ${icons.size} icons\n`)
}
