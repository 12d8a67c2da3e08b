import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'rolldown/experimental'
import { describe, expect, it } from 'vitest'

interface Node {
  readonly type: string
  readonly [member: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

const nodesOf = (root: unknown): Node[] => {
  const found: Node[] = []
  const waiting: unknown[] = [root]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (Array.isArray(next)) waiting.push(...(next as unknown[]))
    else if (typeof next === 'object' && next !== null) {
      if (isNode(next)) found.push(next)
      waiting.push(...Object.values(next).filter((value) => typeof value === 'object' && value !== null))
    }
  }
  return found
}

/** Settings of a page that may have one value only. */
const FIXED: Readonly<Record<string, boolean>> = {
  sandbox: true,
  contextIsolation: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInSubFrames: false,
  nodeIntegrationInWorker: false,
  webviewTag: false,
  allowRunningInsecureContent: false,
  navigateOnDragDrop: false,
}

/** Settings that may not be there at all. */
const ABSENT = new Set([
  'experimentalFeatures',
  'enableBlinkFeatures',
  'plugins',
  'additionalArguments',
  'bypassCSP',
  'allowServiceWorkers',
  'corsEnabled',
  'outlivesOpener',
  'disableBlinkFeatures',
])

/** Members of Electron that nothing here may use. */
const FORBIDDEN = new Set([
  'appendSwitch',
  'appendArgument',
  'setUsePlainTextEncryption',
  'encryptString',
  'decryptString',
  'isEncryptionAvailable',
  'executeJavaScript',
  'executeJavaScriptInIsolatedWorld',
  'insertCSS',
  'insertText',
  'loadFile',
  'openPath',
  'setCertificateVerifyProc',
  'setAsDefaultProtocolClient',
  'registerFileProtocol',
  'interceptFileProtocol',
  'registerPreloadScript',
  'setPreloads',
  'addExtension',
  'loadExtension',
  'disableHardwareAcceleration',
  'openDevTools',
  'eval',
  'sendSync',
])

/** Members that one file alone may use. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  ipcMain: ['ipc.ts', 'desktop-host.ts'],
  ipcRenderer: ['preload.ts', 'auth-preload.ts'],
  exposeInMainWorld: ['preload.ts', 'auth-preload.ts'],
  openExternal: ['platform-electron.ts', 'window.ts', 'desktop-host.ts'],
  safeStorage: ['platform-electron.ts', 'desktop-host.ts'],
}

const nameOf = (node: unknown): string | null => {
  if (!isNode(node)) return null
  if (node.type === 'Identifier') return String(node['name'])
  return node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null
}

/** What a source file of the desktop host does that the checklist forbids. */
const violationsIn = (file: string, source: string): string[] => {
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) return errors.map(({ message }) => message)
  const found: string[] = []
  for (const node of nodesOf(program)) {
    const isTypeOnly = node['importKind'] === 'type'
    if (node.type === 'Property') {
      const name = nameOf(node['key'])
      const value = isNode(node['value']) && node['value'].type === 'Literal' ? node['value']['value'] : undefined
      if (name !== null && Object.hasOwn(FIXED, name) && value !== FIXED[name]) found.push(`${name}: ${String(value)}`)
      if (name !== null && ABSENT.has(name)) found.push(`${name} is set`)
    }
    if (node.type === 'MemberExpression') {
      const name = nameOf(node['property'])
      if (name !== null && FORBIDDEN.has(name)) found.push(`uses ${name}`)
      const only = name === null || !Object.hasOwn(ONLY, name) ? undefined : ONLY[name]
      if (only !== undefined && !only.includes(file)) found.push(`${name} outside ${only.join(', ')}`)
    }
    if (node.type === 'CallExpression') {
      const callee = node['callee']
      const name = isNode(callee) && callee.type === 'MemberExpression' ? nameOf(callee['property']) : nameOf(callee)
      if (name !== null && FORBIDDEN.has(name)) found.push(`calls ${name}`)
      const isIpc = name === 'handle' && isNode(callee) && callee.type === 'MemberExpression' && /^ipc/.test(nameOf(callee['object']) ?? '')
      if (isIpc && file !== 'ipc.ts') found.push('registers a channel without the sender check')
    }
    if (node.type === 'ImportDeclaration' && !isTypeOnly) {
      const from = nameOf(node['source']) ?? ''
      if (/^(?:node:)?(?:child_process|vm|http|https|net|inspector|repl)$/.test(from)) found.push(`imports ${from}`)
      if (from === 'electron' && !['main.ts', 'preload.ts', 'auth-preload.ts'].includes(file)) found.push('imports electron at run time')
    }
    if (
      node.type === 'Literal' &&
      typeof node['value'] === 'string' &&
      /^(?:file:|http:\/\/(?!127\.0\.0\.1|localhost))/i.test(node['value'])
    )
      found.push(`names ${node['value']}`)
  }
  if (file === 'main.ts') {
    const body = (program as unknown as { body: unknown[] }).body
    // Electron becomes ready only after its main module was evaluated; waiting for that inside it would wait for ever.
    const isTopLevel = body.some(
      (statement) =>
        JSON.stringify(statement).startsWith('{"type":"ExpressionStatement"') &&
        JSON.stringify(statement).includes('"expression":{"type":"AwaitExpression"'),
    )
    if (isTopLevel) found.push('waits at the top level')
  }
  return found
}

const files = readdirSync('electron').filter((name) => name.endsWith('.ts'))

describe('the sources of the desktop host', () => {
  it('are found', () => {
    expect(files).toContain('window.ts')
    expect(files.length).toBeGreaterThan(10)
  })

  it.each(files)('%s does nothing that the checklist forbids', (file) => {
    expect(violationsIn(file, readFileSync(join('electron', file), 'utf8'))).toEqual([])
  })

  it.each([
    ['window.ts', 'export const a = { webPreferences: { nodeIntegration: true } }'],
    ['window.ts', 'export const a = { webPreferences: { sandbox: false } }'],
    ['window.ts', 'const no = true; export const a = { contextIsolation: no }'],
    ['window.ts', "export const a = { 'webSecurity': false }"],
    ['window.ts', 'export const a = { enableBlinkFeatures: 1 }'],
    ['window.ts', 'export const a = (app) => app.commandLine.appendSwitch("no-sandbox")'],
    ['window.ts', 'export const a = (w) => w.loadFile("x.html")'],
    ['window.ts', 'export const a = (w) => w.webContents.executeJavaScript("1")'],
    ['window.ts', "import { shell } from 'electron'; shell.beep()"],
    ['window.ts', "import { spawn } from 'node:child_process'; spawn('x')"],
    ['window.ts', 'export const a = "file:///index.html"'],
    ['window.ts', 'export const a = "http://example.com"'],
    ['window.ts', 'export const a = (ipcMain) => ipcMain.handle("x", () => 1)'],
    ['protocol.ts', 'export const a = (e) => e.shell.openExternal("x")'],
    ['platform-electron.ts', 'export const a = (s) => s.decryptString("x")'],
    ['main.ts', 'await Promise.resolve()'],
  ])('a planted fault in %s is found: %s', (file, source) => {
    expect(violationsIn(file, source)).not.toEqual([])
  })
})

describe('the preload scripts', () => {
  it.each(['preload.ts', 'auth-preload.ts'])('%s needs nothing at run time but electron and the channel names', (file) => {
    const { module } = parseSync(file, readFileSync(join('electron', file), 'utf8'))
    const runtime = module.staticImports
      .filter(({ entries }) => entries.some((entry) => !entry.isType))
      .map(({ moduleRequest }) => moduleRequest.value)
    expect(runtime.toSorted()).toEqual(['#shared/channels', 'electron'])
  })
})
