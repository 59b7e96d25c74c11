"""Names that would break a page, and texts that have to fit."""

from assoc_synth.link_graph.drawing.names import shortened, shown, width


def test_control_characters_are_drawn() -> None:
    assert shown("a\nb\x07") == "a␊b␇"
    assert shown("\x85\ud800\ufffe") == "\ufffd" * 3
    assert shown("\u202eevil\u2066") == "evil"
    assert shown("") == "∅"
    assert shown(7) == "7"
    assert shown("naïve ☕ 茶 👩\u200d🌾") == "naïve ☕ 茶 👩\u200d🌾"


def test_shortening() -> None:
    assert shortened("tea", 12, 100) == "tea"
    cut = shortened("a very long name indeed", 12, 60)
    assert cut.endswith("…")
    assert width(cut, 12) <= 60
    assert width("茶", 10) > width("i", 10)
