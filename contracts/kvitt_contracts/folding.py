"""A text as it is searched. Pure."""

import unicodedata
from typing import Final

# decision 0489: å ä ö are letters; other accents, case and hyphens make no difference
_ACCENTED: Final = "áàâãāéèêëēíìîïīóòôõōúùûüūýÿçñæø"
_PLAIN: Final = "aaaaaeeeeeiiiiiooooouuuuuyycnäö"
_FOLDED: Final = str.maketrans(_ACCENTED, _PLAIN, "-\u2010\u2011\u2013\u00ad")


def folded(text: str) -> str:
    """A text as it is searched: å, ä and ö are letters of their own, while case, hyphens and other
    accents make no difference (INV-1, REF-2).
    """
    return unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
