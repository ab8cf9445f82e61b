"""The public repositories that passages.py reads, each at a commit and with its licence there."""

import collections
import functools

from passage_readers import (
    read_anthology,
    read_article,
    read_book,
    read_cnxml,
    read_extracted_wikipedia,
    read_factbook,
    read_latex,
    read_law,
    read_linked_passages,
    read_markdown,
    read_paper_lines,
    read_paper_list,
    read_restructured,
    read_web_page,
)

Source = collections.namedtuple("Source", "name repository commit licence files reader limit")
ALL = 10**9
MODULES = r"^modules/.*\.cnxml$"
BY, BY_SA_3, BY_SA_4 = "CC BY 4.0", "CC BY-SA 3.0", "CC BY-SA 4.0"
PUBLIC = "public domain"


def textbook(name, commit):
    return Source(f"openstax-{name}", f"openstax/osbooks-{name}", commit, BY, MODULES, read_cnxml, ALL)


def old_book(name, commit, limit=ALL):
    """A book whose author died before 1956, from Standard Ebooks (edition under CC0)."""
    short = name.split("_")[-1]
    reader = functools.partial(read_book, book=short.replace("-", " ").capitalize())
    return Source("old-book-" + short, f"standardebooks/{name}", commit, PUBLIC,
                  r"^src/epub/text/(?!colophon|uncopyright|imprint|titlepage|halftitle|endnotes|"
                  r"loi|dedication).*\.xhtml$", reader, limit)


SOURCES = [
    textbook("college-success-bundle", "4c04b87"),
    textbook("introduction-anthropology", "418eedd"),
    textbook("introduction-intellectual-property", "be76c2d"),
    textbook("introduction-python-programming", "d6d069bb"),
    textbook("life-liberty-and-pursuit-happiness", "acb6fbe"),
    textbook("nursing-external-bundle", "7876f90a"),
    textbook("physics", "ff78c7a"),
    textbook("principles-economics-bundle", "cd31beb"),
    Source("light-and-matter", "bcrowell/lm", "aec371f", BY_SA_3,
           r"\.(rbtex|tex)$", read_latex, ALL),
    Source("controls-engineering", "calcmogul/controls-engineering-in-frc", "6b855ba", BY_SA_4,
           r"\.tex$", read_latex, ALL),
    Source("statistics-with-r", "djnavarro/rbook", "6e42f1d", BY_SA_4,
           r"^bookdown/0\d.*\.Rmd$", read_markdown, ALL),
    old_book("adam-smith_the-wealth-of-nations", "2b5c1ea"),
    old_book("alexander-hamilton_john-jay_james-madison_the-federalist-papers", "75f7b50"),
    old_book("charles-darwin_the-origin-of-species", "7c13c26"),
    old_book("charles-darwin_the-voyage-of-the-beagle", "4ad3b79"),
    old_book("edward-gibbon_the-history-of-the-decline-and-fall-of-the-roman-empire", "557e5c4",
             500_000),
    old_book("ernest-shackleton_south", "49eddc5"),
    old_book("henry-david-thoreau_walden", "f000c21"),
    old_book("henry-george_progress-and-poverty", "8c2fe2b"),
    old_book("john-dewey_democracy-and-education", "b3d7fcc"),
    old_book("john-maynard-keynes_the-economic-consequences-of-the-peace", "295ec2b"),
    old_book("john-stuart-mill_on-liberty", "f9793ea"),
    old_book("thorstein-veblen_the-theory-of-the-leisure-class", "0a0fe2d"),
    old_book("ulysses-s-grant_personal-memoirs-of-ulysses-s-grant", "9927320"),
    old_book("william-james_the-varieties-of-religious-experience", "9468e74"),
    Source("factbook", "factbook/factbook.json", "8662a8b", PUBLIC,
           r"^(?!meta).*/\w\w\.json$", read_factbook, ALL),
    Source("wikipedia-introductions", "wenhuchen/OTT-QA", "b289bcc", BY_SA_3,
           r"^data/traindev_request_tok/.*\.json$", read_linked_passages, 3_500_000),
    Source("wikipedia-articles", "Vibhas-hs-edu/WikiTasks", "52b1f16", BY_SA_3,
           r"^text/AA/wiki_\d+$", read_extracted_wikipedia, 1_300_000),
    Source("wikipedia-core-articles", "tusizi/topic-analyzer", "94cd36b", BY_SA_3,
           r"^data/AA/wiki_\d+$", read_extracted_wikipedia, ALL),
    Source("plos", "PLOS/allofplos", "07fdeed", "CC BY or CC0",
           r"^allofplos/starter_corpus/.*\.xml$", read_article, ALL),
    Source("anthology", "heddayam/acl-anthology", "b262703", BY,
           r"^data/xml/(20(1[6-9]|2\d)\.(acl|emnlp|naacl|eacl|aacl|findings|tacl)|[PDNEQ]1[6-9])\.xml$",
           read_anthology, ALL),
    Source("arxiv", "shuita2333/Arxiv-daily-paper", "ca281e9", "CC0",
           r"^papers/.*\.md$", read_paper_list, 2_500_000),
    Source("arxiv-quantum", "michi66f/quant-ph-feed", "b10654d", "CC0",
           r"^data/jsonl/.*\.jsonl$", read_paper_lines, ALL),
    Source("law", "DCCouncil/law-xml", "9123af0", PUBLIC,
           r"^us/dc/council/code/titles/.*/sections/.*\.xml$", read_law, 2_500_000),
    Source("digital-government", "GSA/digitalgov.gov", "4979583", PUBLIC,
           r"^content/.*\.md$", read_markdown, ALL),
    Source("18f-posts", "18F/18f.gsa.gov", "0a55c75", "CC0", r"^content/.*\.md$", read_markdown, ALL),
    Source("18f-handbook", "18F/handbook", "1e49556", "CC0", r"^pages/.*\.md$", read_markdown, ALL),
    Source("identity-guidelines", "usnistgov/800-63-3", "ce8ada6", PUBLIC,
           r"^sp800.*\.md$", read_markdown, ALL),
    Source("recipes", "ronaldl29/public-domain-recipes", "61b488e", PUBLIC,
           r"^content/.*\.md$", read_markdown, ALL),
    Source("open-source-guides", "github/opensource.guide", "ebc9678", BY,
           r"^_articles/[^/]*\.md$", read_markdown, ALL),
    Source("security-sheets", "OWASP/CheatSheetSeries", "6b8819d", BY_SA_4,
           r"^cheatsheets/.*\.md$", read_markdown, ALL),
    Source("robotics", "wpilibsuite/frc-docs", "5f2436d", BY,
           r"^source/docs/.*\.rst$", read_restructured, ALL),
    Source("energy-monitor", "openenergymonitor/learn", "f99b0e1", BY_SA_4,
           r"^archive/.*\.html$", read_web_page, ALL),
    Source("history-of-psychology", "brittAnderson/histPsychol", "1b7077a", "CC0",
           r"^(?!README).*\.(md|rst)$", read_markdown, ALL),
    Source("scientific-python", "scipy-lectures/scientific-python-lectures", "817a97d", BY,
           r"\.md$", read_markdown, ALL),
    Source("design-methods", "18F/methods", "f930579", "CC0", r"\.md$", read_markdown, ALL),
    Source("rust-book", "rust-lang/book", "9175448", "MIT or Apache-2.0",
           r"^src/.*\.md$", read_markdown, ALL),
    Source("powershell", "MicrosoftDocs/PowerShell-Docs", "27138b2", BY,
           r"^reference/(7\.5|docs-conceptual)/.*\.md$", read_markdown, 700_000),
    Source("cpp", "MicrosoftDocs/cpp-docs", "a2e592a", BY, r"^docs/.*\.md$", read_markdown, 700_000),
]

RELICENSED = [
    textbook("american-government", "d8ce50d"),
    textbook("anatomy-physiology", "b0058a7"),
    textbook("astronomy", "63157f3"),
    textbook("business-ethics", "d64573e"),
    textbook("chemistry-bundle", "32c7196"),
    textbook("college-physics-bundle", "f98d7a7"),
    textbook("contemporary-mathematics", "fa7c1a1"),
    textbook("entrepreneurship", "c1fa2c8"),
    textbook("introduction-business", "f99a5bb"),
    textbook("introduction-philosophy", "d7bd4f0"),
    textbook("introduction-political-science", "4391e65"),
    textbook("introduction-sociology", "d35d5f3"),
    textbook("introductory-statistics-bundle", "50ec917"),
    textbook("microbiology", "ecf34da"),
    textbook("principles-finance", "3b7fc65"),
    textbook("principles-marketing", "40369d8"),
    textbook("psychology", "e061043"),
    textbook("university-physics-bundle", "db44eb9"),
    textbook("us-history", "046331c"),
    textbook("world-history", "3e17bed"),
    textbook("writing-guide", "a6c9552"),
]
