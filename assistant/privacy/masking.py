"""Replaces what could tell who somebody is by its kind: "my number is 07700 900123" becomes "my number is [phone number]".

Only what is stored goes through here; the turn itself sees the words. A false alarm costs a word in a stored text, a miss costs
somebody's privacy, so every long number goes, whether it could be recognised or not.
"""

import gzip
import json
import pkgutil
import re
from functools import lru_cache

import phonenumbers
from stdnum import luhn
from stdnum.gb import nhs
from stdnum.us import ssn

from assistant.nlu.spelling import common_words

# Where a phone number without its country's code is looked for.
_REGIONS = ("GB", "US", "IE")

_LINK = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_EMAIL = re.compile(
    r"[\w.+'-]+(?:\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\s?(?:\.|\(dot\)| dot )\s?[\w-]+)+|\s+at\s+[\w-]+(?:\s+dot\s+[\w-]+)+)",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w.])@\w{2,}")

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_DAY = r"[0-3]?\d(?:st|nd|rd|th)?"
_DATE = re.compile(
    rf"\b(?:[0-3]?\d\s?([-/.])\s?[0-3]?\d\s?\1\s?(?:\d{{4}}|\d{{2}})|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|{_DAY}(?:\s+of)?[\s-]+{_MONTH}[\s,-]+(?:\d{{4}}|'?\d{{2}})|{_MONTH}\s+{_DAY},?\s+(?:\d{{4}}|'?\d{{2}}))\b",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"\b(born(?:\s+(?:in|on))?|d\.?o\.?b\.?|date of birth|birth ?day)(\s*(?:is|was|:|=|-)?\s*)([\d/. -]{4,})",
    re.IGNORECASE,
)

# The letters after the second digit are never C, I, K, M, O or V: "b12 1mg" is no postcode.
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s{0,2}\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_ZIP = re.compile(
    r"\b\d{5}-\d{4}\b|(?<=\b[A-Z]{2} )\d{5}\b(?! \d)|(?<=\b(?i:zip) )\d{5}\b|(?<=\b(?i:zip code) )\d{5}\b"
)
_INSURANCE = re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2}\s?(?:\d{2}\s?){3}[A-D]\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"\b(?:flat\s+\w+,?\s+)?\d{1,4}[a-z]?,?\s+(?:[a-z'-]+\s+){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|close|crescent|court|gardens|terrace|boulevard|blvd|grove|mews)\b\.?",
    re.IGNORECASE,
)
# Digits with at most two other signs between them.
_NUMBER = re.compile(r"(?<![\w.])[+(]{0,2}\d(?:[ ()./-]{0,2}\d){5,}(?![\w])")

_LIKE_SSN = re.compile(r"\d{3}[- ]?\d{2}[- ]?\d{4}")

_RELATIVE = r"(?:son|daughter|wife|husband|partner|mum|mom|mother|dad|father|sister|brother|baby|child|friend|gran|nan|grandma|grandad)"
_NAME_COMES = re.compile(
    rf"\b(?:names?(?:\s+(?:is|was)|'s|’s|\s?:|(?<=names))|(?:i|he|she|{_RELATIVE})(?:\s?['’]?\s?m|\s+am|['’]?s|\s+is|\s+was)\s+(?:called|named)"
    r"|(?:everyone|they|people|friends)\s+calls?\s+me|yours sincerely,?|kind regards,?)\s+",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"\b(?:(?i:mr|mrs|ms)\.?\s+(?:[A-Z]\.?\s+)?[A-Za-z'’-]{2,}|(?:Dr|Doctor|Nurse|Miss|Sister|Prof|Professor)\.?\s+[A-Z][\w'’-]+)"
)
# Without a capital it may also be "the nurse said".
_PERHAPS_TITLED = re.compile(r"\b(?:dr|doctor|nurse|prof|professor)\.?\s+([a-z][a-z'’-]+)", re.IGNORECASE)
# English words that are surnames too, and what stands behind a doctor though it is no common English word.
_ALSO_NAME = re.compile(
    "baker|bell|black|brown|carter|chambers|cole|cook|cooper|cox|dean|fox|frost|gray|green|grey|hall|hill|hunt|john|king|law|"
    "marsh|mary|moore|morgan|page|parker|price|rose|stone|turner|ward|webb|west|white|woods?|young"
)
_NEVER_NAME = re.compile(
    "administers|advised|appt|disagrees|gp|hca|hinted|practitioner|prescribes|reckons|recommends|refered|sed|shrugged|urgently|warns"
)
# How often a word stands in pyspellchecker's texts from which on it is more likely a word than a name.
_COMMON = 3000
_WORD = re.compile(r"[^\W\d_][\w'’.-]*")
# Words that end a name, or show that none came.
_NO_NAME = re.compile(
    "a|am|an|and|are|as|at|because|but|called|can|confidential|could|do|does|for|from|has|have|having|her|his|"
    "how|i|i'm|im|important|in|is|it|it's|its|kept|me|my|needed|not|of|on|or|our|private|required|secret|"
    "shared|so|stored|that|the|their|then|they|this|to|was|we|what|when|where|which|who|why|will|with|would|"
    "you|you"
)
_LONGEST_NAME = 3


def masked(text: str) -> str:
    """Return a text without personal data that can be recognised: each is replaced by its kind in square brackets."""
    text = _LINK.sub("[link]", text)
    text = _EMAIL.sub("[email]", text)
    text = _HANDLE.sub("[handle]", text)
    text = _DATE.sub("[date]", text)
    text = _BORN.sub(lambda found: f"{found[1]}{found[2]}[date] ", text)
    text = _INSURANCE.sub("[insurance number]", text)
    text = _ZIP.sub("[postcode]", text)
    if any(sign.isdigit() for sign in text):
        text = _NUMBER.sub(_number, text)
        text = _phones_masked(text)
        text = _POSTCODE.sub("[postcode]", text)
        text = _ADDRESS.sub("[address]", text)
    return _names_masked(text)


def _number(found: re.Match[str]) -> str:
    written, digits = found[0], re.sub(r"\D", "", found[0])
    if 13 <= len(digits) <= 19 and luhn.is_valid(digits):
        return "[card number]"
    if not written.startswith(("0", "+", "(")) and nhs.is_valid(digits):
        return "[NHS number]"
    if _LIKE_SSN.fullmatch(written) and ssn.is_valid(digits):
        return "[social security number]"
    return "[phone number]" if written.startswith(("0", "+")) or _is_phone(written) else "[number]"


def _is_phone(written: str) -> bool:
    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(written, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def _phones_masked(text: str) -> str:
    """Mask phone numbers that are written in other ways, such as with an extension."""
    for region in _REGIONS:
        for found in reversed(list(phonenumbers.PhoneNumberMatcher(text, region))):
            text = f"{text[: found.start]}[phone number]{text[found.end :]}"
    return text


def _names_masked(text: str) -> str:
    text = _TITLED.sub("[name]", text)
    text = _PERHAPS_TITLED.sub(lambda found: "[name]" if _is_name(found[1]) else found[0], text)
    parts, end = [], 0
    for comes in _NAME_COMES.finditer(text):
        if comes.start() < end:
            continue
        after = comes.end()
        for _ in range(_LONGEST_NAME):
            word = _WORD.match(text, after)
            if word is None or _NO_NAME.fullmatch(word[0].lower().rstrip(".")):
                break
            after = word.end()
            following = re.compile(r" +").match(text, after)
            if word[0].endswith(".") or following is None:
                break
            after = following.end()
        name = text[comes.end() : after]
        if name.strip():
            rest = name[len(name.rstrip(" .")) :]
            parts += [text[end : comes.end()], "[name]", rest]
            end = after
    return "".join([*parts, text[end:]])


def _is_name(word: str) -> bool:
    """Tell whether what stands behind "doctor" is a name: no common word of English or of questions about B12."""
    word = word.lower().replace("’", "'").removesuffix("'s").replace("'", "")
    return bool(_ALSO_NAME.fullmatch(word)) or not (_NEVER_NAME.fullmatch(word) or word in _common_words())


@lru_cache(maxsize=1)
def _common_words() -> frozenset[str]:
    packed = pkgutil.get_data("spellchecker", "resources/en.json.gz")
    assert packed
    counts = json.loads(gzip.decompress(packed))
    return common_words() | {word.lower().replace("'", "") for word, count in counts.items() if count >= _COMMON}
