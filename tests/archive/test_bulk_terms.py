"""What a reader forgets changes nothing of what it reads."""

from random import Random

from support.drawn_articles import NOW
from support.drawn_queries import WORDS
from watchdesk.archive.bulk_terms import BulkReader
from watchdesk.model import Article


def drawn(rng: Random) -> list[Article]:
    def some(most: int) -> str:
        return " ".join(rng.choice((*WORDS, f"{rng.randrange(99)}th", "word" * 9)) for _ in range(most))

    return [Article("wire", some(4), (), NOW, language=rng.choice(("en", "de", None))) for _ in range(9)]


def test_what_a_reader_keeps_of_what_it_knows_changes_no_terms() -> None:
    rng, reader = Random(3), BulkReader()
    for most in (0, 10, 25, 50, 60, 1_000):
        for some in (drawn(rng), drawn(rng)):
            read, fresh = reader.read(some), BulkReader()
            again = fresh.read(some)
            found, expected = (
                {
                    (terms[number], place)
                    for number, place in zip(numbers.tolist(), places.tolist(), strict=True)
                }
                for terms, (numbers, places) in ((reader.terms, read), (fresh.terms, again))
            )
            assert found == expected
        assert reader.chunks > most or most == 1_000
        reader.keep(most)
        assert reader.chunks <= most
