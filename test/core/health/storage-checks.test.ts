import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { runDoctor } from '#core/health/doctor'
import type { DoctorSubjects } from '#core/health/doctor-subjects'
import { STORAGE_CHECKS } from '#core/health/storage-checks'
import { PatchbayError } from '#shared/errors'
import { auditLine, type AuditWorld, openAuditWorld } from '#test/helpers/audit-world'

describe('what doctor says of the audit', () => {
  let world: AuditWorld
  let isFull = false
  beforeEach(() => {
    isFull = false
    world = openAuditWorld({
      wrap: (db) => ({
        ...db,
        transaction: (work) => {
          if (isFull) throw new PatchbayError('storage.full')
          return db.transaction(work)
        },
      }),
    })
  })
  afterEach(() => world.close())

  const look = () => {
    const subjects: Pick<DoctorSubjects, 'audit'> = { audit: () => world.log }
    return runDoctor(subjects as DoctorSubjects, { checks: STORAGE_CHECKS.filter(({ id }) => id === 'audit') })
  }

  it('is nothing while all is well, and that programs are refused while it cannot be written', async () => {
    await world.log.commit(auditLine())
    expect(await look()).toEqual([])
    isFull = true
    await world.log.commit(auditLine()).catch(() => undefined)
    const [check] = await look()
    expect(check).toMatchObject({ id: 'audit', status: 'fail', evidence: ['waiting 1', 'lost 0'] })
    expect(check?.summary).toContain('programs')
    isFull = false
    await world.log.commit(auditLine())
    expect(await look()).toEqual([])
  })

  it('is that its end was cut off, once a host found it so', async () => {
    await world.log.commit(auditLine())
    world.log.close()
    world.db.run('DELETE FROM audit_head')
    world.log.open(world.db, world.chain)
    await world.log.commit(auditLine())
    expect(await look()).toMatchObject([{ id: 'audit', status: 'warn', evidence: ['unproven from 2'] }])
  })
})
