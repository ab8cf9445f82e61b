"""The readers of passages.py: each takes the text of one file and its path, and yields (title, list of paragraphs)."""

import html
import json
import re
import xml.etree.ElementTree as ElementTree


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
