"""Lines for the scripts of the pages: a picture read as the pages read it.

They hold for what cameras, telephones and drawing programs write. What is rarer (floats, 12 bits,
the gamma of a PNG, frames and alpha that stand for nothing) they leave to the picture that the page
offers beside its script.
"""

READ_PICTURE = '''

def read_picture(path):
    """The codes (H, W, 3) of a picture, as the page reads it: upright, over white, in sRGB.

    A HEIC needs `pillow_heif.register_heif_opener()` before. For rarer kinds (floats, 12 bits, a
    PNG with a gamma) take the picture that the page offers beside this script.
    """
    try:
        with Image.open(path) as stored:
            image = ImageOps.exif_transpose(stored)
    except OSError:
        sys.exit(f"cannot read {path}")
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):  # grey of 16 bits
        image = Image.fromarray(np.rint(np.asarray(image) / 257).astype(np.uint8))
    if image.has_transparency_data:
        glass = image.convert("RGBA")
        image = Image.new("RGB", glass.size, "white")
        image.paste(glass, mask=glass)
    if image.mode not in ("L", "CMYK"):
        image = image.convert("RGB")
    if profile:
        srgb, intent = ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC
        with suppress(ImageCms.PyCMSError):  # a profile that does not fit is left out
            image = ImageCms.profileToProfile(
                image, BytesIO(profile), srgb, intent, "RGB",
                flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )
    return np.asarray(image.convert("RGB"))

'''
