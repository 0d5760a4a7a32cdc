// The Bluesky apps' own text code as an oracle: texts in as JSON, facets and lengths out.
import { RichText } from '@atproto/api'
import { graphemeLen } from '@atproto/common-web'
import { isValidHandle } from '@atproto/syntax'

const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)

const answers = JSON.parse(Buffer.concat(chunks).toString()).map((text) => {
  const rich = new RichText({ text })
  rich.detectFacetsWithoutResolution()
  const facets = (rich.facets ?? [])
    .map(({ index, features: [feature] }) => ({
      start: index.byteStart,
      end: index.byteEnd,
      kind: feature.$type.split('#')[1],
      value: feature.uri ?? feature.tag ?? feature.did,
    }))
    // The apps resolve mentions next; a handle nobody can have falls out there.
    .filter(({ kind, value }) => kind !== 'mention' || isValidHandle(value))
  return { facets, graphemes: graphemeLen(text), bytes: rich.unicodeText.length }
})
process.stdout.write(JSON.stringify(answers))
