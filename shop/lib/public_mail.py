"""Which mail domains belong to nobody in particular: anybody can have an address there."""

# Mail for everybody, by exact domain.
DOMAINS = frozenset(
    """
    gmail.com googlemail.com
    outlook.com msn.com passport.com
    icloud.com me.com mac.com
    ymail.com rocketmail.com myyahoo.com
    aol.com aim.com netscape.net compuserve.com juno.com netzero.net
    proton.me protonmail.com protonmail.ch pm.me
    tutanota.com tutanota.de tutamail.com tuta.io tuta.com keemail.me
    fastmail.com fastmail.fm hey.com hushmail.com runbox.com posteo.de posteo.net mailbox.org
    mail.com email.com usa.com consultant.com engineer.com post.com myself.com
    zoho.com zohomail.com inbox.com lycos.com rediffmail.com mailfence.com duck.com
    web.de freenet.de t-online.de arcor.de 1und1.de online.de
    yandex.com yandex.ru ya.ru mail.ru bk.ru inbox.ru list.ru rambler.ru
    qq.com foxmail.com 163.com 126.com yeah.net sina.com sina.cn sohu.com naver.com hanmail.net daum.net
    comcast.net xfinity.com verizon.net att.net sbcglobal.net bellsouth.net ameritech.net pacbell.net
    swbell.net snet.net prodigy.net flash.net nvbell.net wans.net
    cox.net charter.net spectrum.net roadrunner.com rr.com twc.com brighthouse.com
    optonline.net optimum.net suddenlink.net earthlink.net mindspring.com windstream.net
    centurylink.net centurytel.net embarqmail.com qwest.net q.com
    frontier.com frontiernet.net mediacombb.net cableone.net sparklight.net tds.net wowway.com
    consolidated.net hughes.net starlink.com gci.net alaska.net hawaiiantel.net
    rogers.com bell.net sympatico.ca shaw.ca telus.net videotron.ca
    btinternet.com btopenworld.com virginmedia.com ntlworld.com blueyonder.co.uk sky.com talktalk.net
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it tiscali.it alice.it tin.it
    bigpond.com bigpond.net.au optusnet.com.au xtra.co.nz uol.com.br bol.com.br terra.com.br
    """.split()  # noqa: SIM905 (a list to read and to add to)
)
# Mail for everybody in many countries: yahoo.com, yahoo.co.uk, …
FAMILIES = frozenset({"yahoo", "hotmail", "live", "gmx", "outlook", "aol"})
# What stands before a country's ending without being anybody's name: example.co.uk, and not co.uk.
SHARED = frozenset(
    {"ac", "asn", "co", "com", "edu", "go", "gob", "gov", "gouv", "id", "ltd", "me", "mil"}
    | {"ne", "net", "nhs", "nom", "or", "org", "plc", "police", "sch"}
)
_WITH_COUNTRY = 2
_COUNTRY = 2


def is_for_everybody(domain: str) -> bool:
    """Say whether `domain` (without "@") tells nothing of who writes from it.

    That is a public mail service, or an ending such as com or co.uk that whole countries share.
    """
    parts = domain.strip().lower().rstrip(".").split(".")
    if parts == [""]:
        return False
    if is_ending(parts) or (parts[0] in FAMILIES and is_ending(parts[1:])):
        return True
    # Subscribers of some services have theirs under the name of a place: tampabay.rr.com.
    return any(".".join(parts[place:]) in DOMAINS for place in range(len(parts) - 1))


def is_ending(parts: list[str]) -> bool:
    """Say whether these parts of a domain are an ending that others have names under: com, de, co.uk."""
    if len(parts) == _WITH_COUNTRY:
        return parts[0] in SHARED and len(parts[1]) == _COUNTRY
    return len(parts) == 1
