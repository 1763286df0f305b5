"""What of an article decides which story it tells. Pure. The door is `features_of`."""

from watchdesk.articles.plain import folded_words
from watchdesk.model import Article, StoryFeatures
from watchdesk.stories.shingles import STORED, facts_of, sampled_shingles, without_statements
from watchdesk.stories.terms import lead_terms, title_terms


def features_of(article: Article) -> StoryFeatures:
    """The terms of its title and lead, the passages of its text, and the text's numbers and names."""
    text = body_of(article)
    words = folded_words(text)
    count, every, shingles = sampled_shingles(text, words)
    return StoryFeatures(
        title_terms=tuple(title_terms(article)),
        lead_terms=tuple(lead_terms(without_statements(text, words), article.language)),
        words=count,
        every=every,
        shingles=shingles.astype(STORED).tobytes(),
        facts=facts_of(text).astype(STORED).tobytes(),
    )


def body_of(article: Article) -> str:
    """Its paragraphs, one on each line."""
    return "\n".join(paragraph for section in article.sections for paragraph in section.paragraphs)
