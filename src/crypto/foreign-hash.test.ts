import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { leastCpuMs } from '../../test/support/least-cpu.ts'
import { describeHash, verifyForeignHash } from './foreign-hash.ts'
import { createPasswordHasher, type PasswordHash } from './password-hasher.ts'

const STAPLE = 'correct horse battery staple'
const EIGHTY_BYTES = '0123456789'.repeat(8)

interface Vector {
  readonly scheme: string
  /** The maker or publisher of the hash. */
  readonly from: string
  readonly password: string
  readonly hash: string
}

const VECTORS: readonly Vector[] = [
  // bcrypt
  vector('bcrypt', "Laravel's UserFactory", 'password', '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi'),
  vector('bcrypt', "GoTrue's tests", 'test', '$2a$10$vVz26aE3xkpSS9HFgafcH.M0Ina2tRm.Kp08WcVfjipXccGakj6i.'),
  vector('bcrypt', 'Openwall crypt_blowfish', 'U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'),
  vector(
    'bcrypt',
    'Openwall crypt_blowfish, cut at 72 bytes',
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
    '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
  ),
  vector(
    'bcrypt',
    'mkpasswd 5.5.17 (libxcrypt)',
    STAPLE,
    '$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS',
  ),
  vector('bcrypt', 'htpasswd 2.4 -B', STAPLE, '$2y$04$K58aztJ/9lEbY.EpRFgx..QIDTGwDovy3yYwedKXzRo87ugjU2DZu'),
  vector(
    'bcrypt',
    'PHP 8.2 crypt, cut as Laravel cuts',
    EIGHTY_BYTES,
    '$2y$04$abcdefghijklmnopqrstuum2G75IXDN/xsgbNa/hCiPSKyIHQd70S',
  ),
  vector(
    'bcrypt',
    "PHP 8.2 crypt of base64(sha512) as in Symfony's NativePasswordHasher",
    EIGHTY_BYTES,
    '$2y$04$abcdefghijklmnopqrstuug1CSXoMLENCQEsjdYm1glfpf7kGYNsO',
  ),
  // argon2
  vector(
    'argon2id',
    'argon2 20171227, -id -t 2 -m 16 -p 1',
    'password',
    '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ),
  vector(
    'argon2i',
    'argon2 20171227, -i -t 2 -m 16 -p 4 -l 24',
    'password',
    '$argon2i$v=19$m=65536,t=2,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b+dWRWJTmaaJObG',
  ),
  vector(
    'argon2i',
    'test.c of phc-winner-argon2, version 0x10',
    'password',
    '$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ',
  ),
  vector(
    'argon2d',
    'argon2 20171227, -d -v 10 -t 2 -m 10 -p 2',
    'password',
    '$argon2d$v=16$m=1024,t=2,p=2$c29tZXNhbHQ$ghN7PrUtGQjfIBFqQLYPQ7352LeSz6heokc2/0gC++Y',
  ),
  vector(
    'argon2id',
    'realm export of Keycloak in the tutorials of solo.io',
    'password',
    '$argon2id$v=19$m=7168,t=5,p=1$Cf9AYCE5pAbb4CKEF0GUTA$BruFLfFkjH/8erZ26NnrbkOrWiZuQyDRCHD9o0R6Scg',
  ),
  // scrypt
  vector(
    'scrypt',
    'documentation of passlib',
    'password',
    '$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E',
  ),
  vector(
    'scrypt',
    'passlib 1.7.4',
    STAPLE,
    '$scrypt$ln=10,r=8,p=2$O6e0llIqxVirlTLGOEeIcQ$fDLYAKGLYm8WPX1bXVJlhyTHFkU9tjlm2h91qZ735Cw',
  ),
  vector(
    'scrypt (better-auth)',
    'Python 3.11 hashlib.scrypt over unicodedata.normalize("NFKC")',
    '\ufb01sh and \uff43hips',
    '00112233445566778899aabbccddeeff:b82c27f338d8a8ea171023fe1e17a5ec83deef8237ece3f09fdd444fd0a516a7' +
      '6527c04cea62a68e5300c3d14629a02eaf1ae4aa0f101a1b7f09a6b4b2dbe8ba',
  ),
  vector(
    'scrypt (Firebase)',
    'README of firebase/scrypt',
    'user1password',
    '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==' +
      '$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  ),
  vector(
    'scrypt (Firebase)',
    "GoTrue's tests",
    'mytestpassword',
    '$fbscrypt$v=1,n=14,r=8,p=1,ss=Bw==,sk=ou9tdYTGyYm8kuR6Dt0Bp0kDuAYoXrK16mbZO4yGwAn3oLspjnN0/c41v8xZnO1n14J3MjKj1b2g6AUCAlFwMw==' +
      '$C0sHCg9ek77hsg==$zKVTMvnWVw5BBOZNUdnsalx4c4c7y/w7IS5p6Ut2+CfEFFlz37J9huyQfov4iizN8dbjvEJlM5tQaJP84+hfTw==',
  ),
  // PBKDF2
  vector(
    'PBKDF2-SHA256',
    'passlib 1.7.4, a salt with two dots',
    STAPLE,
    '$pbkdf2-sha256$1000$....c2l4dGVlbiBieXRlIHM$DPXXYFKnD0G2aOnMQfhkVjU99L4VrIkXHpVvUj1l/es',
  ),
  vector(
    'PBKDF2-SHA512',
    'passlib 1.7.4',
    STAPLE,
    '$pbkdf2-sha512$1000$F0IIYWzt3dvbu3duTcl5zw$aQRWxjwlS5nZ1ZuTuAtF/3mgc28Eieg/m8f.T.4EBNJ6IhCjLOvemPDx2.4SLAmNXfJEKWI1oflcqRuLU7NPoA',
  ),
  vector('PBKDF2-SHA1', 'passlib 1.7.4', STAPLE, '$pbkdf2$1000$2hsDYAxBCGHMOYfwnpMSQg$/nhQQCG9.td2Gfx/cBS/yVFM.4A'),
  vector(
    'PBKDF2-SHA512',
    'Python 3.11 hashlib.pbkdf2_hmac',
    STAPLE,
    '$pbkdf2-sha512$i=1000$c2l4dGVlbiBieXRlIHNsdA$3QMwrxLg4/X2UcnWiHG3oGtaw1Sr4coKsAAOWMiR/640yePfdIno4J23vNuKz9ZkADlvSFRe8oUd+qOpwSH1Ww',
  ),
  ...[
    ['3', 'SHA-1, 250 iterations', 'AQAAAAAAAAD6AAAAEAhftMyfTJylOlZT+eEotFXd1elee8ih5WsjXaR3PA9M'],
    [
      '3',
      'SHA-256, 250,000 iterations',
      'AQAAAAEAA9CQAAAAIESkQuj2Du8Y+kbc5lcN/W/3NiAZFEm11P27nrSN5/tId+bR1SwV8CO1Jd72r4C08OLvplNlCDc3oQZ8efcW+jQ=',
    ],
    [
      '3',
      'SHA-512, 250 iterations, key of 64 bytes',
      'AQAAAAIAAAD6AAAAIJbVi5wbMR+htSfFp8fTw8N8GOS/Sje+S/4YZcgBfU7EQuqv4OkVYmc4VJl9AGZzmRTxSkP7LtVi9IWyUxX8IAAfZ8v+ZfhjCcudtC1YERSqE1OEdXLW9VukPuJWBBjLuw==',
    ],
    ['2', 'version 2', 'AAABAgMEBQYHCAkKCwwNDg+ukCEMDf0yyQ29NYubggHIVY0sdEUfdyeM+E1LtH1uJg=='],
  ].map(([version, what, hash = '']) =>
    vector(
      `PBKDF2-${digestOf(hash)} (ASP.NET Identity ${version})`,
      `tests of dotnet/aspnetcore, ${what}`,
      'my password',
      hash,
    ),
  ),
  // Django
  vector(
    'PBKDF2-SHA256 (Django)',
    'example hashes of hashcat, mode 10000',
    'hashcat',
    'pbkdf2_sha256$20000$H0dPx8NeajVu$GiC4k5kqbbR9qWBlsRgDywNqC2vd9kqfk7zdorEnNas=',
  ),
  vector(
    'PBKDF2-SHA256 (Django)',
    'Django 3.2',
    STAPLE,
    'pbkdf2_sha256$1000$seasalt$3xmXbyk2QpiyNcnoBbzRPwEBsYPTbDlRdtmLyBvQltA=',
  ),
  vector('PBKDF2-SHA1 (Django)', 'Django 3.2', STAPLE, 'pbkdf2_sha1$1000$seasalt$9iRYj0as1r5j+cCBxB+HMlxkyr4='),
  vector(
    'scrypt (Django)',
    'tests of django/django',
    'l\u00e8tmein',
    'scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==',
  ),
  vector(
    'argon2id (Django)',
    'argon2 20171227 behind the prefix of Django',
    'password',
    'argon2$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
  ),
  vector(
    'bcrypt-sha256 (Django)',
    'PHP 8.2 crypt of hash("sha256")',
    STAPLE,
    'bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuaBT8mpw5tGdD3eO40znWcQP/dT9hEVK',
  ),
  vector(
    'bcrypt (Django)',
    'mkpasswd behind the prefix of Django',
    STAPLE,
    'bcrypt$$2b$05$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS',
  ),
  // WordPress and phpBB
  vector('phpass (WordPress)', 'example hashes of hashcat, mode 400', 'hashcat', '$P$984478476IagS59wHZvyQMArzfx58u.'),
  vector('phpass (WordPress)', 'passlib 1.7.4', STAPLE, '$P$BsaltsaltQzFfSQXmLYYwGZyj3dUJh.'),
  vector('phpass (WordPress)', "passlib 1.7.4 of it\\'s", "it's", '$P$5saltsaltuWVnhYgxHqFOgrOS/y5T51'),
  vector('phpass (phpBB)', 'passlib 1.7.4', STAPLE, '$H$5saltsalt9hJCA5XQHb5HNaayqAQyz/'),
  vector(
    'bcrypt (WordPress)',
    'WordPress Playground, verified with PHP 8.2',
    'admin',
    '$wp$2y$10$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES',
  ),
  vector(
    'bcrypt (WordPress)',
    'PHP 8.2, trim(addslashes()) as wp_magic_quotes and wp_authenticate do',
    '  it\'s "so" \\ long ',
    '$wp$2y$04$abcdefghijklmnopqrstuuvq8gnvA6ObRJ4Vi69SS0QCvZwhvjxPa',
  ),
  // Linux
  vector(
    'sha256-crypt',
    'crypt(3) of glibc through perl, after SHA-crypt.txt',
    'Hello world!',
    '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5',
  ),
  vector(
    'sha512-crypt',
    'crypt(3) of glibc through perl, after SHA-crypt.txt',
    'Hello world!',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ),
  vector(
    'sha512-crypt',
    'openssl passwd -6 and mkpasswd 5.5.17',
    STAPLE,
    '$6$saltsalt$CPgxBHZBXfhC6lX1yxpdEsbQfXmg3WXVj8AoVwyNFLfb5AtbfM8k6A8yehv1z6sgzoH/DUIs7YK9hVnGhTjhW/',
  ),
  vector(
    'sha512-crypt',
    'crypt(3) of glibc through perl',
    STAPLE,
    '$6$rounds=1000$saltstring$B.n1vD77SdB2TuXAE0nGKP536R1bUc6NvRMEtukg5fkv3SlfIs6RsCY18TxG6AWfmoa/S410tUwH1MRlKRQST0',
  ),
  vector(
    'sha512-crypt',
    'passlib 1.7.4, longer than a digest',
    'p'.repeat(200),
    '$6$rounds=1001$0123456789abcdef$EfZcuypSbtY0yKZITNaRDmEJ6RP9GmPZCjHhh9c0AMmodAAwye9po.thjYdkvviR9n8Mv86LWdWfKa8ccEVHR.',
  ),
  vector(
    'sha512-crypt',
    'passlib 1.7.4, without salt',
    STAPLE,
    '$6$rounds=1000$$sPCgk4G5cMS0mYr4zMF8O2oJxPfk1DJFQkICJ4hs2bFSo3sqFYuxZ2U1YyxXhyURm3HklFVSQTV1fLZlR1igF.',
  ),
  vector(
    'sha256-crypt',
    'passlib 1.7.4, 200 bytes that are not ASCII',
    '\u00fc'.repeat(100),
    '$5$rounds=1001$ab$LPeBpvt4Xov6BBcjo2dXZiCrQETTFEVA4iXnl.7WX7.',
  ),
]

describe('a hash of another system', () => {
  test.each(VECTORS)('$scheme, made by $from: the password matches, others do not', async (known) => {
    const { scheme, password, hash } = known
    expect(describeHash(hash)).toBe(scheme)
    expect(await verifyForeignHash(password, hash)).toBe(true)
    expect(await verifyForeignHash(`x${password}`, hash)).toBe(false)
    expect(await verifyForeignHash('', hash)).toBe(false)
  })

  test.each([
    ['bcrypt, 2^15 rounds', '$2y$15$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi'],
    ['bcrypt behind WordPress, 2^31 rounds', '$wp$2y$31$Q1xinFjrZeLWJBvxviIL6u834Fu.evIEFHAUVisQ5O.w9Dm0sMdES'],
    ['bcrypt behind Django', 'bcrypt$$2b$31$abcdefghijklmnopqrstuuFiPhXf1sVd3pCCRO.uVh34H/qI/ZsuS'],
    ['argon2, 257 MiB', argon2('m=263168,t=1,p=1')],
    ['argon2, 4 TiB', argon2('m=4294967295,t=1,p=1')],
    ['argon2, 2 GiB written', argon2('m=262144,t=8,p=1')],
    ['argon2, many passes', argon2('m=8,t=4294967295,p=1')],
    ['argon2, many lanes', argon2('m=2048,t=1,p=255')],
    ['argon2 behind Django', `argon2${argon2('m=4294967295,t=1,p=1')}`],
    ['scrypt, 512 MiB', `$scrypt$ln=19,r=8,p=1$c29tZXNhbHQ$${'A'.repeat(43)}`],
    ['scrypt, many times', `$scrypt$ln=18,r=8,p=3$c29tZXNhbHQ$${'A'.repeat(43)}`],
    ['scrypt of a huge N', `$scrypt$ln=99,r=1,p=1$c29tZXNhbHQ$${'A'.repeat(43)}`],
    ['scrypt of Django, 1 GiB', `scrypt$1048576$salt$8$1$${'A'.repeat(43)}`],
    ['scrypt of Django, N not a power of two', `scrypt$1000$salt$8$1$${'A'.repeat(43)}`],
    ['scrypt of Firebase', `$fbscrypt$v=1,n=30,r=8,p=1,ss=Bw==,sk=AAAA$AAAA$${'A'.repeat(43)}`],
    ['PBKDF2, 99 million', `$pbkdf2-sha256$99999999$c29tZXNhbHQ$${'A'.repeat(43)}`],
    ['PBKDF2 with many blocks', `$pbkdf2$4000000$c29tZXNhbHQ$${'A'.repeat(86)}`],
    [
      'PBKDF2 of ASP.NET, 4 billion',
      'AQAAAAH/////AAAAEAABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
    ],
    [
      'ASP.NET, a salt longer than the rest',
      'AQAAAAEAACcQ/////wABAgMEBQYHCAkKCwwNDg+yWU7rLgUwPZb1Itsmra7cbxw2EFpwpVFIEtP+JIuUEw==',
    ],
    ['phpass, 2^30 rounds', '$P$SsaltsaltQzFfSQXmLYYwGZyj3dUJh.'],
    ['SHA-crypt, 999,999,999 rounds', `$6$rounds=999999999$saltsalt$${'A'.repeat(86)}`],
    ['a hash cut short', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaM'],
    ['a key cut short', '$pbkdf2-sha256$1000$c29tZXNhbHQ$AAAA'],
    ['MD5', '5f4dcc3b5aa765d61d8327deb882cf99'],
    ['SHA-1 of Django', 'sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8'],
    ['an unusable password of Django', '!eF1Jm2gHn4gQp3uM0qHj4g2m3mV4m0v8b2q1h0ab'],
    ['a locked user of Linux', '!'],
    ['yescrypt of Linux', '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7'],
    ['nothing', ''],
    ['a long text', '$'.repeat(100_000)],
  ])('a hash that is too expensive, too weak or unknown is refused: %s', async (_, hash) => {
    expect(describeHash(hash)).toBeNull()
    expect(await verifyForeignHash('password', hash)).toBe(false)
  })

  test('verifying against any text as a stored hash returns false and does not throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.string(), async (hash, password) => {
        expect(await verifyForeignHash(password, hash)).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  test('any damaged hash is described or refused, and does not throw', () => {
    const damaged = fc
      .tuple(fc.constantFrom(...VECTORS), fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' }))
      .map(([{ hash }, at, cut, inserted]) => {
        const place = at % (hash.length + 1)
        return hash.slice(0, place) + inserted + hash.slice(place + cut)
      })
    fc.assert(
      fc.property(damaged, (hash) => ['string', 'object'].includes(typeof describeHash(hash))),
      { numRuns: 5_000 },
    )
  })

  test('a hash with a damaged end is verified without throwing', async () => {
    const cheap = VECTORS.filter(({ hash }) => /^(?:\$2[aby]\$0|\$pbkdf2|\$[56PH]\$|AQ|AA)/.test(hash))
    const damaged = fc
      .tuple(fc.constantFrom(...cheap), fc.integer({ min: 1, max: 20 }), fc.string({ minLength: 1, maxLength: 1 }))
      .map(([{ hash }, fromEnd, other]) => `${hash.slice(0, -fromEnd)}${other}${hash.slice(hash.length - fromEnd + 1)}`)
    await fc.assert(
      fc.asyncProperty(damaged, async (hash) => {
        expect(await verifyForeignHash('not the password', hash)).toBe(false)
      }),
      { numRuns: 100 },
    )
  })

  test.each([
    ['SHA-crypt', `$6$saltsalt$${'A'.repeat(86)}`, 5],
    ['phpass', '$P$BsaltsaltQzFfSQXmLYYwGZyj3dUJh/', 8],
  ])('%s lets other work run between its rounds', async (_, hash, leastTurns) => {
    let turns = 0
    let isRunning = true
    const countTurns = (): void => {
      turns++
      if (isRunning) setImmediate(countTurns)
    }
    countTurns()
    await verifyForeignHash('password', hash)
    isRunning = false
    expect(turns).toBeGreaterThanOrEqual(leastTurns)
  })

  test('a password that makes every round of SHA-crypt slow is refused, as in libxcrypt', async () => {
    const verify = (): Promise<boolean> =>
      verifyForeignHash('p'.repeat(512), `$6$rounds=1000000$saltsalt$${'A'.repeat(86)}`)
    expect(await verify()).toBe(false)
    expect(await leastCpuMs(verify)).toBeLessThan(20)
  })
})

describe('the password hasher with hashes of other systems', () => {
  const hasher = createPasswordHasher()

  test('verifies every one of them, and all of them need a rehash', async () => {
    for (const { hash, password } of VECTORS) {
      const stored = hash as PasswordHash
      expect([hash, await hasher.verify(password, stored)]).toEqual([hash, true])
      expect([hash, hasher.needsRehash(stored)]).toEqual([hash, true])
    }
  })

  test('verifies the text as typed, because the other system did not normalize to NFC', async () => {
    // PHP 8.2: crypt("pa\u{308}ssword \u{1f511}", …), with a combining diaeresis
    const stored = '$2y$04$abcdefghijklmnopqrstuuXDUtLTydjSWJjCaLO9O2ToQpXYLbdnO' as PasswordHash
    const typed = 'pa\u0308ssword \u{1f511}'
    expect(await hasher.verify(typed.normalize('NFC'), stored, { typed })).toBe(true)
    expect(await hasher.verify(typed.normalize('NFC'), stored)).toBe(false)
    expect(await hasher.verify('\ud83d', stored)).toBe(false)
  })

  test('verifying a malformed or too expensive hash returns false, and takes as long as a wrong password', async () => {
    const own = await hasher.hash('another password')
    const cpuOf = async (hash: string): Promise<number> => {
      const before = process.cpuUsage()
      expect([hash, await hasher.verify('password', hash as PasswordHash)]).toEqual([hash, false])
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const broken = ['', 'x', '!', '$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA', argon2('m=4294967295,t=1,p=1')]
    for (const hash of broken) {
      // Most of the work is the hash. Without it, this would be less than a hundredth.
      expect([hash, (await cpuOf(hash)) / (await cpuOf(own)) > 0.3]).toEqual([hash, true])
    }
  })

  test('verifies them in the same bounded queue', async () => {
    const small = createPasswordHasher({ maxWaiting: 0 })
    const stored = '$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi' as PasswordHash
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => small.verify('password', stored)))
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0)
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0)
  })
})

function vector(scheme: string, from: string, password: string, hash: string): Vector {
  return { scheme, from, password, hash }
}

function argon2(costs: string): string {
  return `$argon2id$v=19$${costs}$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc`
}

/** Returns the digest of a hash of ASP.NET, which the seventh base64 character of version 3 shows. */
function digestOf(hash: string): string {
  if (hash.startsWith('AQAAAAI')) return 'SHA512'
  return hash.startsWith('AQAAAAE') ? 'SHA256' : 'SHA1'
}
