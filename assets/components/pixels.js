// Hands the exact 8-bit pixels of the picture to the other components. Draws nothing.
// Planes of differences arrive deflated: smaller than a PNG, and no image decoder and no colour
// management stands between the server's numbers and the browser's.
/** @typedef {{digest: string, height: number, width: number}} PixelsMessage With the deflated planes. */
export default component(place => {
  place.host.setAttribute("aria-hidden", "true")
  return data => {
    const { header: { digest, height, width }, blobs } = unpack(data)
    if (pictures.has(digest)) return
    inflate(blobs[0]).then(planes => keepPicture(digest, { height, width, codes: codesOf(planes, width) }))
  }
})

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

// Red less green, green, and blue less green, of each pixel its difference to the left, all modulo 256.
function codesOf(planes, width) {
  for (let i = 0; i < planes.length; i++) if (i % width) planes[i] += planes[i - 1]
  const size = planes.length / 3, codes = new Uint8Array(planes.length)
  for (let i = 0; i < size; i++) {
    const green = codes[3 * i + 1] = planes[size + i]
    codes[3 * i] = planes[i] + green
    codes[3 * i + 2] = planes[2 * size + i] + green
  }
  return codes
}
