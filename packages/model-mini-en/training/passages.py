"""Makes cache/passages.jsonl.gz: short English passages of many subjects, free for any use.

Each line is {"source": short name, "title": heading or "", "text": 40 to 220 words}.
The text comes from the public repositories in SOURCES, each read at the commit named there.
To get them, make one folder and, for each, run there

    git clone --bare https://github.com/OWNER/NAME OWNER+NAME

then run: python passages.py --repositories FOLDER [--out FILE] [--relicensed]

Every licence in SOURCES allows commercial use. Some textbooks have since moved to a
non-commercial licence; their last commit whose licence file, read-me and collection files
all say CC BY 4.0 is listed under RELICENSED, and is read only with --relicensed.
A source with a limit is sampled: its files are read in the order of a hash of their paths
until it has given that many words. The output is the same on every run.
"""

import argparse
import collections
import functools
import gzip
import hashlib
import html
import json
import pathlib
import re
import subprocess
import xml.etree.ElementTree as ElementTree

Source = collections.namedtuple("Source", "name repository commit licence files reader limit")
ALL = 10**9
SHORTEST, WANTED, LONGEST = 40, 60, 220


# ---------------------------------------------------------------- readers
# A reader takes the text of one file and its path and yields (title, list of paragraphs).

def local(element):
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def inner(element, skip=()):
    """The text inside an element, without the elements named in skip."""
    pieces = [element.text or ""]
    for child in element:
        inline = local(child) == "code" and child.get("display") != "block"
        if local(child) and (inline or local(child) not in skip):
            pieces.append(inner(child, skip))
        pieces.append(child.tail or "")
    return "".join(pieces)


def joined(*titles):
    return ": ".join(dict.fromkeys(title.strip() for title in titles if title and title.strip()))


NOT_PROSE = set("figure table equation exercise problem solution footnote media glossary "
                "metadata code quote".split())
NOT_PROSE_TITLE = re.compile(
    r"question|exercise|problem|reference|further|reading|bibliograph|key (term|equation)|"
    r"test prep|answer|works cited|endnotes|notes$|multiple.choice|review$|learning objective|"
    r"teacher|sequencing",
    re.I)


def read_cnxml(text, path):
    root = ElementTree.fromstring(text)
    titles = [element for element in root if local(element) == "title"]
    document = inner(titles[0]) if titles else ""

    def walk(element, title):
        paragraphs = []
        for child in element:
            kind = local(child)
            if kind in NOT_PROSE or not kind:
                continue
            if kind in ("section", "note", "example"):
                heading = next((inner(part) for part in child if local(part) == "title"), "")
                name = heading + " " + child.get("class", "").replace("-", " ")
                if not NOT_PROSE_TITLE.search(name):
                    yield from walk(child, joined(document, heading or title))
            elif kind == "para":
                paragraphs.append(inner(child, NOT_PROSE | {"list"}))
                for part in child:
                    if local(part) == "list":
                        paragraphs.append(" ".join(inner(item, NOT_PROSE) for item in part))
            elif kind == "list":
                paragraphs.append(" ".join(inner(item, NOT_PROSE) for item in child))
            elif kind == "content":
                yield from walk(child, title)
        yield title, paragraphs

    if not NOT_PROSE_TITLE.search(document):
        yield from walk(root, document)


def read_markdown(text, path):
    document = ""
    front = re.match(r"\ufeff?---\s*\n(.*?)\n---\s*\n", text, re.S)
    if front:
        found = re.search(r"^title:\s*[\"']?(.*?)[\"']?\s*$", front[1], re.M)
        document = found[1] if found else ""
        text = text[front.end():]
    text = re.sub(r"^(```|~~~).*?^\1", "\n", text, flags=re.S | re.M)
    text = re.sub(r"<!--.*?-->|\{[{%].*?[%}]\}|\{:.*?\}", " ", text, flags=re.S)
    text = re.sub(r"^(\s*\|.*|    .*|\s*:::.*|>? ?\[!.*|\[[^\]]+\]:.*)$", "", text, flags=re.M)
    text = re.sub(r"!\[[^\]]*\](\([^)]*\)|\[[^\]]*\])", " ", text)
    text = re.sub(r"\[([^\]]*)\](\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"</?[A-Za-z][^>]*>|https?://\S+|\[\^[^\]]*\]", " ", text)
    text = re.sub(r"\*\*|__|`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|\\(?=[^\w\s])", "", text)
    heading, paragraphs = "", []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*+]|\d+[.)])\s)|\n(?=#)|(?<=\n)(?=#)", text):
        found = re.match(r"\s*#{1,6}\s+(.*?)[ #]*(?:\n|$)", block)
        if found:
            yield joined(document, heading), paragraphs
            if not document:
                document = found[1]
            heading, paragraphs, block = found[1], [], block[found.end():]
        paragraphs.append(re.sub(r"^\s*(?:[-*+>]|\d+[.)])\s+|^\s*>", "", block, flags=re.M))
    yield joined(document, heading), paragraphs


def read_restructured(text, path):
    text = re.sub(r"^( *)\.\. (?:.*\n)(?:\s*\n|\1 +.*\n)*", "\n", text, flags=re.M)
    text = re.sub(r"::\s*\n(?:\s*\n| +.*\n)+", ".\n\n", text)
    text = re.sub(r":[\w:+-]+:`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"`([^`<]+?)\s*<[^`]*>`_+|``?([^`]+)``?_*", r"\1\2", text)
    text = re.sub(r"^(\S.*)\n([=\-~^\"'*+#])\2{2,}\s*$", r"\n# \1\n", text, flags=re.M)
    yield from read_markdown(text, path)


def read_latex(text, path):
    text = re.sub(r"<%\s*chapter\(\s*'\w*',\s*%q\{(.*?)\}.*?%>", r"\n\n# \1\n\n", text, flags=re.S)
    text = re.sub(r"<%\s*begin_(hw|marg|lab)\b.*?<%\s*end_\1.*?%>", "\n\n", text, flags=re.S)
    text = re.sub(r"<%\s*marg\b.*?<%\s*end_marg.*?%>", "\n\n", text, flags=re.S)
    text = re.sub(r"<%\s*begin_(?:sec|ex)\(\s*[\"'](.*?)[\"'].*?%>", r"\n\n# \1\n\n", text, flags=re.S)
    text = re.sub(r"\\(?:my)?(?:chapter|(?:sub)*section)\*?\{([^{}]*)\}", r"\n\n# \1\n\n", text)
    text = re.sub(r"<%.*?%>", " ", text, flags=re.S)
    text = re.sub(r"(?<!\\)%.*", "", text)
    text = re.sub(r"\\begin\{(figure|table|tabular|equation|align|multline|code\w*|lstlisting|"
                  r"verbatim|eqn\w*|hw|dq)\*?\}.*?\\end\{\1\*?\}", "\n\n", text, flags=re.S)
    text = re.sub(r"\$\$.*?\$\$|\\\[.*?\\\]", "\n\n", text, flags=re.S)
    text = re.sub(r"\\(?:label|ref|cite|index|fig|figref|eqref|url|footcite|includegraphics)"
                  r"(?:\[[^\]]*\])?\{[^{}]*\}", " ", text)
    for _ in range(3):
        text = re.sub(r"\\(?:emph|textit|textbf|text|term|intro|indexed\w*|gls|textsc)\{([^{}]*)\}",
                      r"\1", text)
    text = text.replace("~", " ").replace("``", '"').replace("''", '"').replace("\\%", "%")
    blocks = [block for block in re.split(r"\n\s*\n", text)
              if not re.search(r"\\\w|[{}]|\$[^$]{9,}\$", block)]
    yield from read_markdown("\n\n".join(blocks).replace("$", ""), path)


def read_web_page(text, path):
    text = re.sub(r"<(script|style|nav|table|pre)\b.*?</\1>|<!--.*?-->", " ", text, flags=re.S)
    text = re.sub(r"<h[1-6][^>]*>(.*?)</h[1-6]>", r"\n\n# \1\n\n", text, flags=re.S)
    text = re.sub(r"</?(p|li|ul|ol|div|br)\b[^>]*>", "\n\n", text)
    yield from read_markdown(re.sub(r"^[ \t]+", "", text, flags=re.M), path)


def read_book(text, path, book):
    title = re.search(r"<title>(.*?)</title>", text, re.S)
    title = re.sub(r"^[IVXLC]+(: |$)", "", html.unescape(title[1])) if title else ""
    text = re.sub(r"<a [^>]*noteref.*?</a>", "", text, flags=re.S)
    paragraphs = re.findall(r"<p\b(?![^>]*title)[^>]*>(.*?)</p>", text, re.S)
    yield joined(book, title), [re.sub(r"<[^>]*>", "", paragraph) for paragraph in paragraphs]


def read_factbook(text, path):
    country = json.loads(text)
    name = country.get("Government", {}).get("Country name", {})
    name = name.get("conventional short form") or name.get("conventional long form") or {}
    name = re.sub(r"<[^>]*>", "", name.get("text", "")) if isinstance(name, dict) else ""

    def fields(value, label):
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                yield f"{label}: {value['text']}"
            for key, part in value.items():
                if key not in ("text", "note"):
                    yield from fields(part, key.strip())

    for section, parts in country.items():
        lines = (re.sub(r"<[^>]*>", " ", line) for line in fields(parts, section))
        yield joined("" if name == "none" else name, section), [
            line.rstrip(" .;") + "." for line in lines if len(line.split()) > 12]


def read_linked_passages(text, path):
    """Wikipedia introductions that were split into tokens with spaces between."""
    for address, passage in json.loads(text).items():
        passage = re.sub(r" ([.,;:!?%)\]]|'s\b|n't\b|'(?= ))", r"\1", passage)
        passage = re.sub(r"([(\[$]) ", r"\1", passage)
        passage = re.sub(r"(``|'') ?(.*?) ?''", r'"\2"', passage)
        passage = re.sub(r"\( ?[;,]? ?\)", "", passage)
        yield address.removeprefix("/wiki/").replace("_", " "), [passage]


def read_extracted_wikipedia(text, path):
    for title, body in re.findall(r'<doc [^>]*title="([^"]*)">\n(.*?)</doc>', text, re.S):
        heading, paragraphs = "", []
        for line in body.split("\n")[1:]:
            if line.endswith(".") and len(line.split()) < 8:
                yield joined(title, heading), paragraphs
                heading, paragraphs = line[:-1], []
            elif line:
                paragraphs.append(re.sub(r"\( ?[;,][;, ]*", "(", line).replace("()", ""))
        yield joined(title, heading), paragraphs


def read_article(text, path):
    """Research articles in JATS; only those under CC BY or CC0, or in the public domain."""
    licence = re.search(r"<license.*?</license>", text, re.S)
    if not licence or re.search(r"non-?commercial|no-?deriv|by-n[cd]", licence[0], re.I):
        return
    if not re.search(r"Creative Commons|licenses/by/|public ?domain", licence[0]):
        return
    root = ElementTree.fromstring(text)
    skip = {"table-wrap", "fig", "disp-formula", "inline-formula", "xref", "supplementary-material"}
    title = inner(root.find(".//article-title"), skip)
    for abstract in root.iter("abstract"):
        yield title, [inner(part, skip) for part in abstract.iter("p")]
    for section in root.iterfind(".//body//sec"):
        heading = section.find("title")
        heading = "" if heading is None else inner(heading, skip)
        yield joined(title, heading), [
            re.sub(r"[\[(][\s,;–-]*[\])]", "", inner(part, skip)) for part in section.findall("p")]


def read_anthology(text, path):
    for paper in ElementTree.fromstring(text).iter("paper"):
        title, abstract = paper.find("title"), paper.find("abstract")
        if title is not None and abstract is not None:
            yield inner(title), [inner(abstract)]


def read_paper_list(text, path):
    for block in re.split(r"^### ", text, flags=re.M)[1:]:
        found = re.match(r"\d+\. \[(.*)\]\(https://arxiv\.org", block)
        if found:
            yield found[1], [" ".join(re.findall(r"^> (?!\[!)(.*)$", block, re.M))]


def read_paper_lines(text, path):
    for line in filter(None, text.split("\n")):
        paper = json.loads(line)
        yield paper["title"], [paper["abstract"]]


def read_law(text, path):
    root = ElementTree.fromstring(text)
    heading = next((inner(part) for part in root if local(part) == "heading"), "")
    if re.search(r"repeal|omitted|reserved|transferred|expired|obsolete", heading, re.I):
        return
    texts = [inner(part) for part in root.iter() if local(part) == "text"]
    yield joined("District of Columbia Code", heading.strip(" .")), texts


# ---------------------------------------------------------------- sources

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


# ---------------------------------------------------------------- passages

COMMON = set("the of and to in a is that for it as was with be by on are this from or an at which "
             "not have has were can its but their they you we your if these when more one".split())


def clean(paragraph):
    paragraph = re.sub(r"\s+", " ", html.unescape(paragraph)).strip()
    paragraph = re.sub(r"\$([^$]{1,60}?)\$", r"\1", paragraph)  # formulas within the line
    paragraph = re.sub(r"\\[A-Za-z]+\{([^{}]*)\}", r"\1", paragraph)
    paragraph = re.sub(r"\\[A-Za-z]+ ?|:::.*|::|\{[#=.][^}]*\}|\(\s*\)|\[\s*\]", "", paragraph)
    return re.sub(r"\s+([.,;:!?])(?=\s|$)", r"\1", paragraph)


def is_prose(text, words):
    plain = sum(character.isalpha() or character in " .,;:'’\"“”()-–?!" for character in text)
    ascii_letters = sum("a" <= character <= "z" for character in text)
    common = sum(word.strip(".,;:()\"“”").lower() in COMMON for word in words)
    return (plain >= 0.9 * len(text) and ascii_letters >= 0.65 * len(text)
            and common >= 0.2 * len(words) and len(text) < 9 * len(words))


def split_long(paragraph):
    """Pieces of at most LONGEST words, cut between sentences."""
    count = len(paragraph.split())
    if count <= LONGEST:
        return [paragraph]
    share, pieces, piece = count / -(-count // 150), [], []
    for sentence in re.split(r"(?<=[.!?;])\s+", paragraph):
        piece += sentence.split()
        if len(piece) >= share:
            pieces.append(" ".join(piece))
            piece = []
    return pieces + ([" ".join(piece)] if piece else [])


def passages(paragraphs, seen):
    """Joins paragraphs to passages of SHORTEST to LONGEST words; drops what was seen before."""
    groups, group = [], []
    for paragraph in paragraphs:
        for piece in split_long(clean(paragraph)):
            words = piece.split()
            key = hash_of(piece.casefold())
            if not words or (len(words) > 8 and key in seen):
                continue
            seen.add(key)
            if group and len(group) + len(words) > LONGEST:
                groups.append(group)
                group = []
            group = group + words
            if len(group) >= WANTED:
                groups.append(group)
                group = []
    if group and len(group) < SHORTEST and groups and len(groups[-1]) + len(group) <= LONGEST:
        groups[-1] = groups[-1] + group
    elif group:
        groups.append(group)
    for words in groups:
        text = " ".join(words)
        key = hash_of("passage " + text.casefold())
        if SHORTEST <= len(words) <= LONGEST and key not in seen and is_prose(text, words):
            seen.add(key)
            yield text, len(words)


def hash_of(text):
    return hashlib.sha1(text.encode("utf-8", "replace")).digest()


def find_repository(folder, repository):
    place = folder / repository.replace("/", "+")
    for candidate in [place, *sorted(place.glob("*")), *sorted(place.glob("*/.git"))]:
        if (candidate / "objects").is_dir():
            return candidate
    raise SystemExit(f"{repository} is not in {folder}")


def read_files(git_directory, source):
    """Yields (path, text) of the source's files, in the order of a hash of the path."""
    git = ["git", "-c", "safe.directory=*", f"--git-dir={git_directory}"]
    listing = subprocess.run(git + ["ls-tree", "-r", "-z", source.commit], check=True,
                             capture_output=True).stdout.decode("utf-8", "replace")
    files = []
    for line in filter(None, listing.split("\0")):
        details, path = line.split("\t", 1)
        if details.split()[1] == "blob" and re.search(source.files, path):
            files.append((path, details.split()[2]))
    files.sort(key=lambda file: hash_of(file[0]) if source.limit < ALL else file[0])
    with subprocess.Popen(git + ["cat-file", "--batch"], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        for path, name in files:
            process.stdin.write(f"{name}\n".encode())
            process.stdin.flush()
            header = process.stdout.readline().split()
            if header[1] != b"missing":
                text = process.stdout.read(int(header[2]) + 1)[:-1].decode("utf-8", "replace")
                yield path, text.replace("\r\n", "\n")
        process.stdin.close()


def read_source(git_directory, source, seen):
    total = 0
    for path, text in read_files(git_directory, source):
        if total >= source.limit:
            break
        try:
            sections = list(source.reader(text, path))
        except (ElementTree.ParseError, json.JSONDecodeError) as error:
            print(f"  {source.name}: {path} left out: {error}")
            continue
        for title, paragraphs in sections:
            for passage, count in passages(paragraphs, seen):
                total += count
                title = re.sub(r"^[^\w(\"“'$]+", "", clean(title).rstrip(": "))
                yield {"source": source.name, "title": title, "text": passage}, count


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--repositories", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("cache/passages.jsonl.gz"))
    parser.add_argument("--relicensed", action="store_true",
                        help="also read the textbooks under RELICENSED, at their last CC BY commit")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    seen = set()
    with open(options.out, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:
        for source in SOURCES + (RELICENSED if options.relicensed else []):
            counts = [0, 0]
            place = find_repository(options.repositories, source.repository)
            for passage, count in read_source(place, source, seen):
                out.write((json.dumps(passage, ensure_ascii=False) + "\n").encode())
                counts[0] += 1
                counts[1] += count
            print(f"{source.name:42} {counts[0]:8} passages {counts[1]:10} words", flush=True)


if __name__ == "__main__":
    main()
