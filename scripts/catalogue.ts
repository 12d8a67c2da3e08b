import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { getProviders, getProviderScopes } from '@nangohq/providers'
import { getIconsData, titleToSlug } from 'simple-icons/sdk'
import { formatManifestSchema } from '#core/catalogue/connector-manifest'
import { allLegacyNames } from '#core/catalogue/legacy-names'
import { normalizeProvider } from '#core/catalogue/normalize-provider'
import type { CatalogueEntry } from '#core/catalogue/normalize-provider'
import { formatSnapshot } from '#core/catalogue/snapshot'
import { brandOf, glyphOf, mostUsed, RANKING_RULE, WIDE_MARKS, WORDMARKS } from './icon-choices.ts'

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

/** Connector to the path of its brand's mark (24x24), for certain matches only: the same name or a brand that was looked at, never a likeness. */
export const compileIcons = async (
  entries: readonly CatalogueEntry[],
): Promise<ReadonlyMap<string, { slug: string; source: string; path: string }>> => {
  const icons = new Map((await getIconsData()).map((icon) => [icon.slug ?? titleToSlug(icon.title), icon]))
  const found = new Map<string, { slug: string; source: string; path: string }>()
  for (const entry of entries) {
    const name = withoutBrackets(entry.name)
    const candidates = [titleToSlug(name), entry.connectorId.replaceAll('-', ''), stripped(entry.connectorId).replaceAll('-', '')]
    const isFree = (candidate: string): boolean => {
      const icon = icons.get(candidate)
      return icon !== undefined && FREE_LICENCES.has(icon.license?.type ?? 'CC0-1.0')
    }
    const own = candidates.find(
      (candidate) =>
        isFree(candidate) && plain(name).startsWith(plain(icons.get(candidate)?.title ?? '')) && !OTHER_BRAND.has(entry.connectorId),
    )
    const slug = own ?? brandOf(entry.connectorId)
    if (slug === null || !isFree(slug) || WORDMARKS.has(slug)) continue
    const svg = readFileSync(fileURLToPath(import.meta.resolve(`simple-icons/icons/${slug}.svg`)), 'utf8')
    const path = /<path d="([^"]+)"\/>/.exec(svg)?.[1]
    if (path !== undefined) found.set(entry.connectorId, { slug, source: icons.get(slug)?.source ?? '', path })
  }
  return found
}

/** How a tile shows a connector: the path of its mark, `~` before one that is drawn wide, or `@` and the glyph of its family. */
export const tileOf = (entry: CatalogueEntry, icon: { readonly slug: string; readonly path: string } | undefined): string => {
  if (icon === undefined) return `@${glyphOf(entry)}`
  return WIDE_MARKS.has(icon.slug) ? `~${icon.path}` : icon.path
}

/** The text of `resources/connector-icons.json`: every connector, sorted, one a line, LF. */
export const formatIcons = (
  entries: readonly CatalogueEntry[],
  icons: ReadonlyMap<string, { readonly slug: string; readonly path: string }>,
): string => {
  const lines = [...entries]
    .toSorted((a, b) => (a.connectorId < b.connectorId ? -1 : 1))
    .map((entry) => `${JSON.stringify(entry.connectorId)}:${JSON.stringify(tileOf(entry, icons.get(entry.connectorId)))}`)
  return `{\n${lines.join(',\n')}\n}\n`
}

if (import.meta.main) {
  const entries = compileCatalogue()
  const icons = await compileIcons(entries)
  writeFileSync(new URL('../resources/catalogue.json', import.meta.url), formatSnapshot(entries))
  writeFileSync(new URL('../resources/connector-icons.json', import.meta.url), formatIcons(entries, icons))
  const used = mostUsed(entries)
  const ranking = { rule: RANKING_RULE, connectors: used.map(({ connectorId }) => connectorId) }
  writeFileSync(new URL('../resources/most-used-connectors.json', import.meta.url), `${JSON.stringify(ranking, null, 2)}\n`)
  mkdirSync(new URL('../resources/connectors/', import.meta.url), { recursive: true })
  writeFileSync(new URL('../resources/connectors/manifest.schema.json', import.meta.url), formatManifestSchema())
  const marked = used.filter(({ connectorId }) => icons.has(connectorId)).length
  process.stdout.write(
    `${entries.length} connectors, ${icons.size} marks; of the ${used.length} most used ${marked} have a mark, the others the glyph of their family\n`,
  )
}
