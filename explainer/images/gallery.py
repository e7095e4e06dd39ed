"""Everything a visitor can choose without uploading: photographs, then test patterns."""

from functools import lru_cache

from explainer.images.patterns import PATTERNS
from explainer.images.picture import Picture
from explainer.images.samples import SAMPLES, Sample, find, sample

GALLERY: tuple[Sample, ...] = SAMPLES + PATTERNS
DEFAULT = GALLERY[0].slug


def gallery_entry(slug: str) -> Sample:
    """The entry of that slug; :class:`PictureError` names the slugs there are."""
    return find(GALLERY, slug)


@lru_cache(maxsize=len(GALLERY))
def gallery_picture(slug: str) -> Picture:
    """The picture of that slug, made once; :class:`PictureError` for an unknown slug."""
    entry = gallery_entry(slug)
    return sample(slug) if entry in SAMPLES else entry.picture()
