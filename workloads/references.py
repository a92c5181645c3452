"""How a paper, a data set or a program is cited."""

from dataclasses import dataclass
from typing import Any, Literal

VENUES = {"inproceedings": "booktitle", "article": "journal", "techreport": "institution", "misc": "howpublished"}


@dataclass(frozen=True)
class Reference:
    """One published work."""

    key: str  # of the BibTeX entry: family name of the first author, year, a word of the title
    authors: tuple[str, ...]  # "Family, Given", in the order of the paper
    title: str
    year: int
    venue: str | None = None  # the proceedings, the journal or the institution; None: a preprint
    kind: Literal["inproceedings", "article", "techreport", "misc"] = "inproceedings"
    eprint: str | None = None  # the number in arXiv
    url: str | None = None  # where there is no preprint

    @property
    def short(self) -> str:
        """Authors and year as a sentence has them.

        >>> Reference("zhu2017prune", ("Zhu, Michael", "Gupta, Suyog"), "To Prune, or Not to Prune", 2017).short
        'Zhu & Gupta (2017)'
        """
        families = [author.partition(",")[0] for author in self.authors]
        names = f"{families[0]} et al." if len(families) > 2 else " & ".join(families)
        return f"{names} ({self.year})"

    @property
    def bibtex(self) -> str:
        """The BibTeX entry, which keeps the title's capitals."""
        preprint = {} if self.eprint is None else {"eprint": self.eprint, "archiveprefix": "arXiv"}
        fields = {
            "author": " and ".join(self.authors), "title": f"{{{self.title}}}", VENUES[self.kind]: self.venue,
            "year": str(self.year), **preprint, "url": self.url,
        }  # fmt: skip
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value is not None]
        return "\n".join([f"@{self.kind}{{{self.key},", *lines, "}"])


@dataclass(frozen=True)
class Cites:
    """Marks a setting: `value`, or any value that switches something on, comes from these works."""

    works: tuple[Reference, ...]
    value: Any = None

    def holds(self, value: Any) -> bool:
        """Whether `value` comes from these works."""
        return bool(value) if self.value is None else bool(value == self.value)
