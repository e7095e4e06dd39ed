"""Numbers of any size for people: as they are where that is short, else with a power of ten."""

from __future__ import annotations

import math

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(value: float, digits: int = 2) -> str:
    """A number with so many digits: `0.33`, `1,234`, `3.5 · 10⁻¹⁰`, `0`; a true minus sign."""
    size = abs(value)
    if value == 0 or not math.isfinite(value) or 1e-2 <= size < 10**digits - 0.5:
        text = f"{value:.{digits}g}"
    elif 1 <= size < 1e4:
        text = f"{value:,.0f}"
    else:
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        text = f"{mantissa} · {ten_to(int(exponent))}"
    return text.replace("-", "−")


def short(value: float, digits: int = 6) -> str:
    """As `:g` writes it, but for its powers of ten: `0.001`, `10⁻⁵`, `−2.5 · 10⁻⁷`."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    if exponent:
        power = ten_to(int(exponent))
        mantissa = power if mantissa == "1" else f"{mantissa} · {power}"
    return mantissa.replace("-", "−")


def percent(share: float) -> str:
    """A probability or another share as people read it, to a tenth of a percent: `0.1 %`."""
    return f"{100 * share + 0.0:.1f} %".replace("-0.0 ", "0.0 ").replace("-", "−")


def signed(value: float, digits: int = 1) -> str:
    """A change with its sign and so many decimals: `+1.2`, `−0.3`; `0` where it rounds to that."""
    text = f"{value:+z.{digits}f}".replace("-", "−")
    return text if text.strip("+0.") else "0"


def ten_to(exponent: int) -> str:
    """A power of ten: `10⁻⁵`."""
    return f"10{str(exponent).translate(SUPERSCRIPTS)}"
