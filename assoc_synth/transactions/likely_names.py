"""Names that may mean a time or an amount: `Day`, `Kauftag`, `Euro`, `Price (USD)`. The cells say whether they do.

They count only where no name is plainer, see `role_names`, and what is made of them is told.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from assoc_synth.transactions.contents import Contents
from assoc_synth.transactions.role_names import NOT_MOMENTS, OBVIOUS_NAMES, Spelling

DAYS = ("day", "tag", "jour", "dia", "giorno", "dag", "moment", "instant", "date", "datum", "fecha", "data", "dato",
        "time", "timestamp", "datetime", "zeit", "zeitpunkt", "heure", "hora", "ora", "tid", "tijd", "month", "monat",
        "mois", "mes", "mese")  # fmt: skip
"""Words of a name that may say when; the first in a table wins."""
DAY_ENDINGS = ("date", "datum", "day", "tag", "time", "timestamp", "zeit", "zeitpunkt")
"""Of words that are written together, such as `Kauftag`."""
DAY_BEGINNINGS = ("date", "datum", "fecha", "data")
OTHER_DAYS = (
    "birth", "geburt", "naissance", "nacimiento", "nascita", "nasciment", "expir", "ablauf", "deliver", "liefer",
    "livraison", "entrega", "consegna", "signup", "regist", "anmeld", "updat", "modif", "geander", "holiday",
    "feiertag",
)  # fmt: skip
"""Parts of names of dates that are of a subject, or that follow."""

CURRENCIES = frozenset({
    "euro", "euros", "eur", "dollar", "dollars", "usd", "pound", "pounds", "gbp", "sterling", "franken", "francs",
    "chf", "yen", "jpy", "cad", "aud", "nzd", "cny", "rmb", "yuan", "inr", "rupees", "rupien", "sek", "nok", "dkk",
    "kronen", "kronor", "pln", "zloty", "czk", "huf", "forint", "ron", "lei", "lira", "brl", "reais", "mxn", "pesos",
    "clp", "cop", "ars", "krw", "won", "zar", "rand", "sgd", "hkd", "ils", "aed", "cent", "cents", "money",
})  # fmt: skip
SMALL_WORDS = frozenset({"in", "of", "the", "de", "en", "per", "pro", "je", "par", "por", "a", "la", "le", "del", "du"})
PRICES = (
    "price", "amount", "cost", "costs", "total", "subtotal", "revenue", "turnover", "spend", "spending", "expense",
    "sum", "fee", "charge", "paid", "payment", "sales", "value", "net", "gross", "betrag", "preis", "kosten", "umsatz",
    "summe", "netto", "brutto", "entgelt", "gebuhr", "prix", "montant", "somme", "cout", "precio", "importe", "monto",
    "valor", "coste", "costo", "gasto", "prezzo", "importo", "spesa", "totale", "preco", "custo", "bedrag", "prijs",
    "belop", "pris", "kwota", "cena",
)  # fmt: skip
"""Words of a name that may say how much; the first in a table wins."""
PRICE_ENDINGS = ("price", "amount", "cost", "total", "revenue", "betrag", "preis", "kosten", "umsatz", "summe")
OTHER_NUMBERS = frozenset({
    "shipping", "versand", "delivery", "tax", "vat", "mwst", "steuer", "discount", "rabatt", "min", "max", "limit",
    "balance", "saldo", "budget", "income", "einkommen", "salary", "gehalt", "count", "number", "items", "promo", "id",
    "code", "type", "currency", "wahrung", "method", "status", "date", "class", "band", "group", "category",
})  # fmt: skip
"""Beside them a number is something else than what a row is worth."""
COUNTS = frozenset({"quantity", "qty", "units", "menge", "anzahl", "quantite", "cantidad"})
"""Amounts that money goes before."""


def likely(role: str, columns: Sequence[str], contents: Contents) -> str | None:
    """The column whose name may mean a role and whose cells fit it; None if there is none.

    Args:
        role: "time" or "amount".
        columns: to choose from.
        contents: of the table.

    Example:
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"Tag": ["1.2.2026", "28.2.2026"], "Betrag in Euro": ["1,50", "2,00"]})
        >>> [likely(role, list(frame), Contents.of(frame)) for role in ("time", "amount")]
        ['Tag', 'Betrag in Euro']
        >>> likely("time", ["tag"], Contents.of(pd.DataFrame({"tag": ["new", "old"]})))
    """
    rank, fits = (_day, contents.holds_dates) if role == "time" else (_price, contents.holds_numbers)
    ranked = [(found, at) for at, column in enumerate(columns) if (found := rank(Spelling.of(column))) is not None]
    return next((columns[at] for _, at in sorted(ranked) if fits(columns[at])), None)


def is_count(column: str) -> bool:
    """Whether a column's name says how many, and not how much.

    Example:
        >>> is_count("Quantity"), is_count("Price")
        (True, False)
    """
    return Spelling.of(column).plain in COUNTS


def says_other_day(column: str) -> bool:
    """Whether a column's name says a date that is of a subject, or that follows.

    Example:
        >>> says_other_day("Geburtsdatum"), says_other_day("date_of_birth"), says_other_day("Kaufdatum")
        (True, True, False)
    """
    spelling = Spelling.of(column)
    return bool(set(spelling.words) & NOT_MOMENTS) or any(part in spelling.plain for part in OTHER_DAYS)


def says_other_number(column: str) -> bool:
    """Whether a column's name says a number that is not what a row is worth.

    Example:
        >>> says_other_number("tax"), says_other_number("paid")
        (True, False)
    """
    return bool(set(Spelling.of(column).words) & OTHER_NUMBERS)


def _day(spelling: Spelling) -> int | None:
    """How clearly a name says when: the smaller, the clearer; None if it does not."""
    if says_other_day(spelling.column) or not spelling.words:
        return None
    if spelling.plain in DAYS:
        return DAYS.index(spelling.plain)
    first, last = spelling.words[0], spelling.words[-1]
    if first in DAYS or last in DAYS:
        return len(DAYS)
    together = spelling.plain.endswith(DAY_ENDINGS) or spelling.plain.startswith(DAY_BEGINNINGS)
    return len(DAYS) + 1 if together else None


def _price(spelling: Spelling) -> int | None:
    """How clearly a name says how much: the smaller, the clearer; None if it does not."""
    if says_other_number(spelling.column):
        return None
    plain, known = OBVIOUS_NAMES["amount"], len(OBVIOUS_NAMES["amount"])
    words = [word for word in spelling.words if word not in CURRENCIES and word not in SMALL_WORDS]
    rest, at = "".join(words), known + len(PRICES)
    if rest in plain:
        return plain.index(rest)
    if rest in PRICES:
        return known + PRICES.index(rest)
    if not rest:
        # A name that is a sign has no words.
        is_sign = any(unicodedata.category(letter) == "Sc" for letter in spelling.column)
        return at if is_sign or CURRENCIES.intersection(spelling.words) else None
    is_price = words[0] in PRICES or words[-1] in PRICES or words[-1].endswith(PRICE_ENDINGS)
    return at + 1 if is_price else None
