import { z } from 'zod'
import { everyone, method, person } from './define.ts'
import { Identifier, Instant, Label, Nothing, SecretInput } from './common.ts'
import { Said } from './said.ts'

export const Profile = z.object({
  profileId: z.string(),
  name: z.string(),
  kind: z.enum(['nango', 'direct', 'sandbox']),
  /** The origin and path prefix of the Nango server, absent for `direct`. */
  nangoHost: z.string().optional(),
  hasSecretKey: z.boolean(),
  /** The last four characters of a key of 24 characters or more. */
  keyEnding: z.string().nullable(),
  hasPrivateCertificate: z.boolean(),
  /** `http://` beyond this computer was accepted after a warning. */
  allowsInsecureHttp: z.boolean(),
  isActive: z.boolean(),
  /** The profile `env` comes from the environment and cannot be changed here. */
  isReadOnly: z.boolean(),
  status: z.enum(['unknown', 'connected', 'attention', 'error', 'paused']),
  /** The error code behind `attention` and `error`. */
  statusReason: z.string().nullable(),
  createdAt: Instant,
})
export type Profile = z.output<typeof Profile>

/** A certificate authority's PEM, as text. */
const CertificatePem = z.string().max(262_144)

const NangoAddress = z.string().trim().min(1).max(2048)

export const ProfileTest = z.object({
  profileId: z.string(),
  isWorking: z.boolean(),
  /** The first failure as an error code, or null. */
  failure: z.string().nullable(),
  checks: z.array(
    z.object({
      id: z.string(),
      status: z.enum(['ok', 'warn', 'fail', 'skipped']),
      summary: z.string(),
      fix: z.string().nullable(),
      said: z.object({ summary: Said, fix: Said.nullable() }).optional(),
    }),
  ),
  testedAt: Instant,
})
export type ProfileTest = z.output<typeof ProfileTest>

const OneProfile = z.object({ profileId: Identifier })

export const profiles = {
  list: method({
    summary: 'The profiles: each a Nango environment or a sandbox.',
    access: 'read',
    callers: everyone,
    reach: 'listed',
    params: z.object({}),
    result: z.object({ profiles: z.array(Profile) }),
  }),
  create: method({
    summary: 'Adds a profile; its secret key goes into the vault and never comes out again.',
    access: 'admin',
    callers: person,
    params: z.object({
      name: Label,
      kind: z.enum(['nango', 'sandbox']),
      nangoHost: NangoAddress.optional(),
      secretKey: SecretInput.optional(),
      certificatePem: CertificatePem.optional(),
      /** The person has read the warning about sending a key in the clear. */
      allowsInsecureHttp: z.boolean().default(false),
      use: z.boolean().default(true),
    }),
    result: Profile,
  }),
  update: method({
    summary: 'Changes a profile; a new address needs the key again, because a key is bound to its address.',
    access: 'admin',
    callers: person,
    params: OneProfile.extend({
      name: Label.optional(),
      nangoHost: NangoAddress.optional(),
      secretKey: SecretInput.optional(),
      /** Null takes the certificate away. */
      certificatePem: CertificatePem.nullable().optional(),
      allowsInsecureHttp: z.boolean().optional(),
    }),
    result: Profile,
  }),
  remove: method({
    summary: 'Forgets a profile, its key and its connections on this computer; nothing changes at Nango.',
    access: 'admin',
    callers: person,
    params: OneProfile,
    result: Nothing,
  }),
  use: method({
    summary: 'Makes a profile the one in use.',
    access: 'admin',
    callers: person,
    params: OneProfile,
    result: Profile,
  }),
  test: method({
    summary: 'Reaches the server, tries the key and names what is wrong.',
    access: 'read',
    callers: person,
    params: z.object({
      profileId: Identifier.optional(),
      /** A callback address of your own that forwards to Nango, to be looked at instead of Nango's. */
      callbackUrl: z.string().trim().min(1).max(2048).optional(),
    }),
    result: ProfileTest,
  }),
}

export const profileEvents = { 'profiles.changed': z.object({ profileId: z.string() }) }
