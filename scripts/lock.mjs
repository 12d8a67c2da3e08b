import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const isAlive = (pid) => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

const readOwner = (file) => {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), ageMs: Date.now() - statSync(file).mtimeMs }
  } catch {
    return null
  }
}

const take = (file) => {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
    return false
  }
}

/** Removes a lock whose owner is gone. Renaming first lets one of several that wait win. */
const clearIfDead = (file) => {
  const owner = readOwner(file)
  // An empty file belongs to somebody between creating and writing it.
  if (owner === null || (owner.pid > 0 ? isAlive(owner.pid) : owner.ageMs < 5000)) return
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
  } catch {
    return
  }
  const taken = readOwner(aside)
  if (taken !== null && taken.pid !== owner.pid && isAlive(taken.pid)) renameSync(aside, file)
  else rmSync(aside, { force: true })
}

/**
 * Runs `work` while no other process runs work of the same name in the folder. A dead owner's lock is taken over;
 * waiting is told once through `say`.
 */
export const underLock = async (folder, name, say, work) => {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `.${name}.lock`)
  let told = false
  while (!take(file)) {
    clearIfDead(file)
    if (!told) {
      const owner = readOwner(file)
      if (owner !== null) {
        say(`Waiting for process ${owner.pid || '?'}, which does the ${name} in this folder.`)
        told = true
      }
    }
    await delay(100)
  }
  const release = () => rmSync(file, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.off('exit', release)
    release()
  }
}
