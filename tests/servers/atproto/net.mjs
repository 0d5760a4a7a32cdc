// The smallest real Bluesky network: one PLC directory, one bsync, one AppView and one PDS, all
// from the reference implementation. Settings come as JSON in HARKEN_ATPROTO. Keys, ports and
// folders are given from outside, so that a stopped network starts again as the same one.
import { mkdirSync } from 'node:fs'
import { TestBsky, TestBsync, TestPds, TestPlc, mockNetworkUtilities } from '@atproto/dev-env'
import { Client as PlcClient } from '@did-plc/lib'
import { Database as PlcDatabase } from '@did-plc/server'

const cfg = JSON.parse(process.env.HARKEN_ATPROTO)

// On a second start the AppView registers the identity it already has. The directory rightly
// refuses a second first entry, so that one is left out.
const sendOperation = PlcClient.prototype.sendOperation
PlcClient.prototype.sendOperation = async function (did, op) {
  if (op.prev === null && (await this.getDocument(did).catch(() => null))) return
  return sendOperation.call(this, did, op)
}

const plcDb = PlcDatabase.postgres({ url: cfg.postgres, schema: 'plc' })
await plcDb.migrateToLatestOrThrow()
const plc = await TestPlc.create({ port: cfg.ports.plc, db: plcDb })

const bsync = await TestBsync.create({
  port: cfg.ports.bsync,
  apiKeys: ['bsync-api-key'],
  dbUrl: cfg.postgres,
  dbSchema: 'bsync',
})

const bsky = await TestBsky.create({
  port: cfg.ports.appview,
  plcUrl: plc.url,
  pdsPort: cfg.ports.pds,
  bsyncApiKey: 'bsync-api-key',
  bsyncUrl: bsync.url,
  repoProvider: `ws://localhost:${cfg.ports.pds}`,
  dbPostgresSchema: 'appview',
  dbPostgresUrl: cfg.postgres,
  privateKey: cfg.key,
})
bsync.ctx.dataplaneClients = [bsky.ctx.dataplane]

mkdirSync(`${cfg.folder}/pds`, { recursive: true })
const pds = await TestPds.create({
  port: cfg.ports.pds,
  hostname: 'localhost',
  dataDirectory: `${cfg.folder}/pds`,
  blobstoreDiskLocation: `${cfg.folder}/blobs`,
  plcRotationKeyK256PrivateKeyHex: cfg.key,
  didPlcUrl: plc.url,
  bskyAppViewUrl: bsky.url,
  bskyAppViewDid: bsky.ctx.cfg.serverDid,
  rateLimitsEnabled: true,
  rateLimitBypassKey: cfg.bypass,
})
mockNetworkUtilities(pds, bsky)

console.log('READY')
