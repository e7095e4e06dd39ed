// Hands the exact 8-bit pixels of the picture to the other components. Draws nothing.
// Rows arrive as horizontal differences, deflated: about the size of a PNG, but no image decoder
// and no colour management stands between the server's numbers and the browser's.
/** @typedef {{digest: string, height: number, width: number}} PixelsMessage With the deflated rows. */
export default component(place => {
  place.host.setAttribute("aria-hidden", "true")
  return data => {
    const { header: { digest, height, width }, blobs } = unpack(data)
    if (pictures.has(digest)) return
    inflate(blobs[0]).then(codes => {
      undoDifferences(codes, height, width)
      keepPicture(digest, { height, width, codes })
    })
  }
})

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}

function undoDifferences(codes, height, width) {
  for (let row = 0; row < height; row++) {
    const start = row * width * 3
    for (let i = start + 3; i < start + width * 3; i++) codes[i] += codes[i - 3]
  }
}
