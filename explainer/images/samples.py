"""Sample photographs that ship inside scikit-image, each with what it teaches.

scikit-image is imported when the first sample is loaded, not before. Credits
and licences are those in the docstrings of :mod:`skimage.data`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from explainer.images.picture import WORK_LIMIT, Picture, PictureError
from explainer.images.thumbnails import fit
from explainer.words import N_, later

Codes = NDArray[np.uint8]

CC0 = "CC0 1.0"
PUBLIC_DOMAIN = "Public domain"
NO_KNOWN_RESTRICTIONS = "No known copyright restrictions"


@dataclass(frozen=True)
class Sample:
    """One entry of the gallery; ``load`` returns uint8 codes (H, W, 3)."""

    slug: str
    title: str
    alt: str
    teaches: str
    credit: str
    licence: str
    load: Callable[[], Codes]

    def picture(self) -> Picture:
        """Load the entry and bring it to at most WORK_LIMIT pixels a side."""
        codes = self.load()
        size = (codes.shape[1], codes.shape[0])
        return Picture(self.slug, self.title, self.alt, fit(codes, WORK_LIMIT, WORK_LIMIT), size)


def _photograph(name: str) -> Codes:
    """The photograph ``skimage.data.<name>()``, grey ones with three equal channels."""
    import skimage.data

    codes = np.asarray(getattr(skimage.data, name)(), dtype=np.uint8)
    return codes if codes.ndim == 3 else np.repeat(codes[..., None], 3, axis=2)


SAMPLES: tuple[Sample, ...] = (
    Sample(
        slug="chelsea",
        title=N_("Chelsea the cat"),
        alt=N_("The face of a tabby cat, close up, with long whiskers and green eyes"),
        teaches=N_("Whiskers are thin edges in many directions; fur is texture at a finer scale."),
        credit="Stéfan van der Walt",
        licence=CC0,
        load=partial(_photograph, "chelsea"),
    ),
    Sample(
        slug="coffee",
        title=N_("Coffee"),
        alt=N_("A cup of espresso on its saucer, with a spoon, on a wooden table"),
        teaches=N_("Ellipses hold edges of every direction; porcelain is smooth and wood is not."),
        credit="Rachel Michetti, courtesy of Pikolo Espresso Bar",
        licence=CC0,
        load=partial(_photograph, "coffee"),
    ),
    Sample(
        slug="camera",
        title=N_("Cameraman"),
        alt=N_("A man in a dark coat looking through a camera on a tripod, in black and white"),
        teaches=N_("Strong outlines before a smooth sky: the plainest place to see an edge."),
        credit="Lav Varshney",
        licence=CC0,
        load=partial(_photograph, "camera"),
    ),
    Sample(
        slug="astronaut",
        title=N_("Astronaut"),
        alt=N_(
            "The astronaut Eileen Collins in an orange suit, a flag and a model shuttle behind her"
        ),
        teaches=N_(
            "A face, cloth and strong colours: the three channels answer a filter differently."
        ),
        credit="NASA",
        licence=PUBLIC_DOMAIN,
        load=partial(_photograph, "astronaut"),
    ),
    Sample(
        slug="rocket",
        title=N_("Rocket before launch"),
        alt=N_(
            "A rocket upright on its pad at dusk, between lattice towers, lamps glowing around it"
        ),
        teaches=N_("Points of light on dark blue: a blur shows its kernel around every lamp."),
        credit="SpaceX",
        licence=PUBLIC_DOMAIN,
        load=partial(_photograph, "rocket"),
    ),
    Sample(
        slug="clock",
        title=N_("Moving clock"),
        alt=N_("A wall clock smeared sideways by the motion of the camera, in black and white"),
        teaches=N_("Motion blur is a convolution that happened inside the camera."),
        credit="Stéfan van der Walt",
        licence=PUBLIC_DOMAIN,
        load=partial(_photograph, "clock"),
    ),
    Sample(
        slug="brick",
        title=N_("Brick wall"),
        alt=N_("Dark bricks with light mortar, seen at a slant, in black and white"),
        teaches=N_("A regular pattern: joints in two directions that two edge filters take apart."),
        credit="CC0Textures",
        licence=CC0,
        load=partial(_photograph, "brick"),
    ),
    Sample(
        slug="grass",
        title=N_("Grass"),
        alt=N_("Blades of grass seen from above, in black and white"),
        teaches=N_("Texture without objects: much fine detail that a blur removes at once."),
        credit="linolafett on DeviantArt",
        licence=CC0,
        load=partial(_photograph, "grass"),
    ),
    Sample(
        slug="coins",
        title=N_("Coins"),
        alt=N_("Four rows of ancient coins on a dark background, in black and white"),
        teaches=N_("Coins and background share grey levels: a threshold fails where edges do not."),
        credit="Brooklyn Museum Collection",
        licence=NO_KNOWN_RESTRICTIONS,
        load=partial(_photograph, "coins"),
    ),
    Sample(
        slug="text",
        title=N_("Handwriting"),
        alt=N_("Handwritten formulas on lined paper, photographed at a slant, in black and white"),
        teaches=N_("Strokes and corners: a network that reads has to find these first."),
        credit="Wikipedia",
        licence=PUBLIC_DOMAIN,
        load=partial(_photograph, "text"),
    ),
    Sample(
        slug="cell",
        title=N_("Cell"),
        alt=N_("A single bright cell before a dark, faintly banded background, in black and white"),
        teaches=N_(
            "Faint bands in the background: what the eye takes for flat, a filter does not."
        ),
        credit="Paul Müller and others, 2018",
        licence=CC0,
        load=partial(_photograph, "cell"),
    ),
    Sample(
        slug="tissue",
        title=N_("Stained tissue"),
        alt=N_("Colonic glands under the microscope, brown and blue stain on white"),
        teaches=N_("Two stains of different colour: a 1 × 1 filter over the channels parts them."),
        credit="Center for Microscopy And Molecular Imaging (CMMI)",
        licence=NO_KNOWN_RESTRICTIONS,
        load=partial(_photograph, "immunohistochemistry"),
    ),
    Sample(
        slug="retina",
        title=N_("Retina"),
        alt=N_("The back of an eye, an orange disc on black with branching blood vessels"),
        teaches=N_("Vessels from wide to thin: each width needs a filter of its own scale."),
        credit="Mikael Häggström",
        licence=CC0,
        load=partial(_photograph, "retina"),
    ),
    Sample(
        slug="hubble",
        title=N_("Hubble deep field"),
        alt=N_("Hundreds of small coloured galaxies on black"),
        teaches=N_(
            "Spots of many sizes: detectors of blobs at several scales find different ones."
        ),
        credit="NASA, Hubble Space Telescope",
        licence=PUBLIC_DOMAIN,
        load=partial(_photograph, "hubble_deep_field"),
    ),
)
"""The photographs; the first is the one a page begins with."""


def find(entries: tuple[Sample, ...], slug: str) -> Sample:
    """The entry of that slug; :class:`PictureError` names the slugs there are."""
    for entry in entries:
        if entry.slug == slug:
            return entry
    known = ", ".join(entry.slug for entry in entries)
    raise PictureError(
        later("There is no picture “{slug}” here; there are {known}.", slug=slug[:40], known=known)
    )


@lru_cache(maxsize=len(SAMPLES))
def sample(slug: str) -> Picture:
    """The photograph of that slug, loaded once; :class:`PictureError` for an unknown one."""
    return find(SAMPLES, slug).picture()
