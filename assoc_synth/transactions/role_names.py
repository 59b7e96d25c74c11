"""What people call the columns of each role: words of several languages, and how a column's name is compared to them.

Example:
    >>> Spelling.of("Customer-ID").plain, Spelling.of("ID_Cliente").core, Spelling.of("invoiceNo").core
    ('customerid', 'cliente', 'invoice')
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Written without case, accents and anything but letters and digits. The first entry that a file has wins.
OBVIOUS_NAMES: dict[str, tuple[str, ...]] = {
    "subject": (
        "subject", "subjectid", "customer", "customerid", "customername", "customerkey", "user", "userid",
        "username", "client", "clientid", "household", "householdid", "householdkey", "member", "memberid", "buyer",
        "buyerid", "shopper", "shopperid", "visitor", "visitorid", "patient", "patientid", "person", "personid",
        "account", "accountid", "cust", "custid", "consumer", "subscriber", "student", "learner", "employee", "player",
        "listener", "viewer", "reader", "borrower", "guest", "passenger", "donor", "policyholder", "cardholder",
        "applicant", "respondent", "participant", "anonymousid", "uid", "mrn", "who", "actor", "agent",
        "reviewer", "userpseudo", "kunde", "kundin", "kunden", "kd",
        "nutzer", "benutzer", "mitglied", "kaufer", "besucher", "haushalt", "konto", "clientes", "cliente",
        "utilisateur", "acheteur", "abonne", "membre", "compte", "usuario", "comprador", "paciente", "miembro", "socio",
        "cuenta", "klant", "case", "caseconceptname", "source",
    ),
    "verb": (
        "verb", "action", "actiontype", "event", "eventtype", "eventname", "interaction", "interactiontype", "activity",
        "behavior", "behaviour", "predicate", "relation", "relationship", "transactiontype", "type", "relationtype",
        "activitytype", "edgetype", "operation", "behaviortype", "behaviourtype", "aktion", "ereignis", "vorgang",
        "aktivitat", "verhalten", "evenement", "activite", "accion", "evento", "actividad", "azione",
    ),
    "object": (
        "object", "objectid", "product", "productid", "producttype", "productname", "item", "itemid", "itemname", "sku",
        "stockcode", "article", "articleid", "movie", "movieid", "book", "bookid", "title", "target", "targetid",
        "diagnosis", "diagnosiscode", "track", "song", "artist", "album", "page", "pageurl", "url", "course", "lesson",
        "drug", "medication", "procedure", "symptom", "icd", "icd10", "isbn", "asin", "upc", "ean", "gtin", "merchant",
        "podcast", "video", "episode", "game", "recipe", "restaurant", "hotel", "ingredient", "dish", "repo",
        "repository", "conditionconcept", "drugconcept",
        "procedureconcept", "artikel",
        "produkt", "ware", "bezeichnung", "produit", "producto", "articulo", "prodotto", "articolo",
        "conceptname",
    ),
    "time": (
        "timestamp", "datetime", "date", "time", "when", "transactiontimestamp", "transactiontime", "transactiondate",
        "eventtime", "eventtimestamp", "eventdate", "orderdate", "ordertime", "purchasedate", "invoicedate",
        "createdat", "tdat", "transactiondt", "unixreviewtime", "charttime", "admittime", "start",
        "startdate", "ts", "datestamp", "visitdate", "visittime", "purchasetime", "starttime", "clicktime",
        "visitstartdate", "datum", "zeit", "zeitpunkt", "zeitstempel", "kaufdatum", "bestelldatum", "rechnungsdatum",
        "buchungsdatum", "belegdatum", "horodatage", "dateachat", "datecommande", "fecha", "fechahora", "fechacompra",
        "fechapedido", "timetimestamp",
    ),
    "amount": (
        "amount", "price", "value", "salesvalue", "total", "totalprice", "revenue", "sales", "spend", "unitprice",
        "rating", "cost", "spent", "totalamount", "amountpaid", "paid", "totalcost", "purchaseamount", "orderamount",
        "ordervalue", "overall", "charge", "fee", "payment", "saleprice", "listprice", "quantity", "qty", "units",
        "betrag", "preis", "umsatz", "summe", "gesamtbetrag", "einzelpreis", "gesamtpreis", "stuckpreis", "wert",
        "menge",
        "anzahl", "montant", "prix", "quantite", "importe", "precio", "monto", "cantidad", "prezzo", "importo",
    ),
    "basket": (
        "basket", "basketid", "order", "orderid", "ordernumber", "invoice", "invoiceid", "invoiceno", "session",
        "sessionid", "transactionid", "receipt", "receiptid", "cart", "cartid", "visit", "visitid", "encounter",
        "encounterid", "ticketid", "ticketnumber", "trip", "tripid", "purchaseid", "checkoutid", "admissionid",
        "usersession", "transaction", "hadm", "bestellung", "bestell", "auftrag", "auftrags", "rechnung", "rechnungs",
        "beleg", "bon", "kassenbon", "warenkorb", "sitzung", "commande", "panier", "facture", "pedido", "cesta",
        "factura", "recibo", "ordine", "carrello",
    ),
}  # fmt: skip

# Names that mean a role only where no better one is there.
WEAK_NAMES: dict[str, tuple[str, ...]] = {
    "subject": ("device", "cookie", "email", "login", "contact"),
    "verb": (),
    "object": (
        "code", "description", "thing", "content", "contentid", "service", "brand", "destination", "place", "location",
        "skill", "topic", "tag", "keyword", "query", "word", "resource", "asset", "category",
    ),
    "time": (),
    "amount": (),
    "basket": (),
}  # fmt: skip

WEAK_AMOUNTS = frozenset({
    "value", "total", "sales", "rating", "paid", "overall", "charge", "fee", "payment", "quantity", "qty", "units",
    "wert", "summe", "menge", "anzahl", "quantite", "cantidad",
})  # fmt: skip
"""An amount only where the cells are numbers."""

EVENTS = frozenset({
    "event", "eventname", "activity", "interaction", "behavior", "behaviour", "ereignis", "vorgang", "aktivitat",
    "evenement", "activite", "evento", "actividad",
})  # fmt: skip
"""A verb where another column is the object; else they say what happened, which is the object."""

TRIPLES = (
    ("head", ("tail",)),
    ("source", ("target", "destination", "dest")),
    ("from", ("to",)),
    ("src", ("dst", "dest", "tgt")),
    ("subj", ("obj",)),
    ("s", ("o",)),
)
"""The subject's and the object's names in files of triples: they mean it only together."""
TRIPLE_VERBS = ("relation", "predicate", "rel", "pred", "edge", "label", "property", "p", "r")

GENERIC = frozenset({
    "id", "ids", "key", "no", "nr", "num", "number", "nummer", "name", "code", "uuid", "guid", "hash", "hashed", "ref",
    "reference", "identifier", "kennung", "numero", "nombre", "nom", "codigo", "title", "titel", "pk", "fk", "sk",
})  # fmt: skip
ENDINGS = ("nummer", "number", "name", "code", "key", "uuid", "id", "nr", "no")
"""Of words that are written together, such as `Kundennummer`."""

MOMENTS = frozenset({"date", "timestamp", "datetime", "ts", "dt", "datum", "fecha"})
NOT_MOMENTS = frozenset({
    "birth", "born", "dob", "geburt", "expiry", "expiration", "due", "signup", "registration", "delivery", "end",
    "last", "first", "next", "updated", "modified", "naissance", "nacimiento", "geburts",
})  # fmt: skip
"""A date that is of the subject, or that follows the purchase."""

THINGS = frozenset({"product", "item", "article", "sku", "produkt", "artikel", "produit", "producto", "movie", "drug"})
NOT_THINGS = frozenset({
    "price", "cost", "count", "quantity", "qty", "amount", "number", "rating", "score", "weight", "category", "group",
    "total", "value", "preis", "menge", "gruppe", "brand", "color", "colour", "size", "line", "date",
})  # fmt: skip


@dataclass(frozen=True)
class Spelling:
    """A column's name for comparison.

    Args:
        column: the name as the file has it.
        words: its words without case and accents; a capital after a small letter begins a word.
        plain: the words written together.
        core: the same without words such as `id` and `number`.
    """

    column: str
    words: tuple[str, ...]
    plain: str
    core: str

    @classmethod
    def of(cls, column: str) -> Spelling:
        """The spelling of a column's name."""
        split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
        base = "".join(ch for ch in unicodedata.normalize("NFKD", split) if not unicodedata.combining(ch)).casefold()
        words = tuple(re.findall(r"[^\W_]+", base))
        plain = "".join(words)
        core = "".join(word for word in words if word not in GENERIC) or plain
        ending = next((end for end in ENDINGS if core == plain and len(plain) > len(end) and plain.endswith(end)), "")
        return cls(column, words, plain, core.removesuffix(ending) if ending else core)


def obvious(role: str, columns: Sequence[str]) -> str | None:
    """The column whose name says most clearly that it plays a role; None if no name says so.

    Example:
        >>> obvious("subject", ["Artikel", "Kundennummer"]), obvious("time", ["birth_date", "admission_date"])
        ('Kundennummer', 'admission_date')
    """
    spelled = [Spelling.of(column) for column in columns]
    return next(_matches(role, spelled), None)


def triple(columns: Sequence[str]) -> dict[str, str]:
    """Subject and object, and the verb if it is there, of a file of triples whose names mean it only together.

    Example:
        >>> triple(["head", "relation", "tail"]), triple(["source", "customer"])
        ({'subject': 'head', 'object': 'tail', 'verb': 'relation'}, {})
    """
    spelled = [Spelling.of(column) for column in reversed(columns)]
    there = {spelling.core: spelling.column for spelling in spelled}
    there |= {spelling.plain: spelling.column for spelling in spelled}
    for subject, objects in TRIPLES:
        object = next((name for name in objects if name in there), None)
        if subject in there and object is not None:
            found = {"subject": there[subject], "object": there[object]}
            verb = next((name for name in TRIPLE_VERBS if name in there), None)
            return found if verb is None else {**found, "verb": there[verb]}
    return {}


def says_event(column: str) -> bool:
    """Whether a column's name can mean the verb and the object alike."""
    return Spelling.of(column).plain in EVENTS


def is_weak_amount(column: str) -> bool:
    """Whether a column's name can mean something else than an amount, as `payment` and `rating` can."""
    return Spelling.of(column).plain in WEAK_AMOUNTS


def _matches(role: str, spelled: Sequence[Spelling]) -> Iterator[str]:
    """Columns from the clearest name to the least clear one."""
    plain = {spelling.plain: spelling.column for spelling in reversed(spelled)}
    core = {spelling.core: spelling.column for spelling in reversed(spelled)} if role not in ("time", "amount") else {}
    for names in (OBVIOUS_NAMES[role], WEAK_NAMES[role]):
        yield from (plain[name] for name in names if name in plain)
        yield from (core[name] for name in names if name in core)
        if role == "object":
            yield from (plain[f"{name}s"] for name in names if f"{name}s" in plain)
    for spelling in spelled:
        words = set(spelling.words)
        if role == "time" and words & {*MOMENTS, "at"} and spelling.words[-1] in (*MOMENTS, "at"):
            if not words & NOT_MOMENTS and spelling.words != ("at",):
                yield spelling.column
        elif role == "object" and words & THINGS and not words & NOT_THINGS and not any(map(str.isdigit, words)):
            yield spelling.column
