"""The hard texts and the pairs made of them. Written for these tests; long ones are built by repetition."""

SHORT = [
    "",
    " ",
    "what is a reranker?",
    "A reranker puts the right documents on top of a roughly ordered list.",
    "Hello,   world!\tTabs\nand new lines\r\n  and trailing space ",
    "don't can't it's we'll O'Neill 's 'tis",
    "price: $3,456.78 (−5 %) 10€ ½ ² №",
    "email@example.org https://example.org/a?b=c&d=e#f C:\\path\\file.txt",
    "日本語の文章と漢字かな交じり文。",
    "检索增强生成需要重新排序。",
    "𠀋𠮟𩸽 supplementary 𝒜𝓑𝒞 ideographs 𪚥",
    "한국어 문장도 있습니다.",
    "هذا نص عربي مع تشكيل: مُحَمَّد",
    "ภาษาไทยไม่มีช่องว่างระหว่างคำ",
    "हिन्दी में देवनागरी लिपि",
    "עברית עם נִקּוּד",
    "Ελληνικά ΣΊΣΥΦΟΣ ΟΔΥΣΣΕΥΣ Σ ΑΣ. Σ!",
    "İstanbul'da IĞDIR ıİiI",
    "straße STRASSE ẞ ﬁ ﬂ ﬃ ĳ Ǆ",
    "cafe\u0301 café Å Å ñ n\u0303 Ệ e\u0323\u0302",
    "👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇩🇪 ☺️ ©️ 1️⃣",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom soft\u00adhyphen nbsp\u00a0here ideographic\u3000space thin\u2009space",
    "control\u0000null \u0001\u0007bell\u001bescape\u007fdelete \u0085next\u2028line\u2029paragraph",
    "replacement \ufffd character and private \ue000 use",
    "<s> </s> [CLS] [SEP] [MASK] <pad> <|endoftext|> <|im_start|> special text",
    "▁lower ▁one eighth block ▁▁",
    "MixedCASE camelCase snake_case kebab-case CONSTANT_CASE 123abc 1.2.3 v2.0.1-beta",
    "!!!???...,,,;;;:::---___***///\\\\\\|||~~~```^^^",
    "“quotes” ‘single’ «guillemets» „low“ – — … ‥ ·",
    "１２３ ＡＢＣ ｱｲｳ ㌔ ㈱ ① Ⅳ ℌ ℃",
    "नि\u200dष्ट क्\u200cष ക്ഷ க்ஷ",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
]

LONG = [
    {"repeat": "ranking ", "times": 120},
    {"repeat": "the quick brown fox jumps over the lazy dog. ", "times": 40},
    {"repeat": "検索 结果 ", "times": 60},
    {"repeat": "a", "times": 50000},
    {"repeat": "word and another word, ", "times": 2200},
]

TEXTS = SHORT + LONG


def expand(text):
    """A text as it is, or one that is stored as a repetition."""
    return text["repeat"] * text["times"] if isinstance(text, dict) else text


def pair_indices():
    """Every text as a document of a plain query and as the query of a plain document, and long with long."""
    query, document = 2, 3
    last = len(SHORT)
    pairs = [(query, i) for i in range(len(TEXTS))] + [(i, document) for i in range(len(TEXTS))]
    pairs += [(last, last + 1), (last + 1, last), (last + 2, last + 2), (0, 0), (1, 1), (0, last), (last, 0)]
    pairs += [(i, (i * 7 + 3) % last) for i in range(last)]
    return pairs


# Sentences that the small tokenizers are trained on: enough scripts that every kind of character has a piece of its own.
TRAINING = [expand(t) for t in SHORT] * 3 + [
    "Search engines retrieve candidates with an inverted index and rank them by term weights.",
    "A cross-encoder reads the question and the passage together and answers with one number.",
    "Fusion of several ranked lists keeps what many of them agree on.",
    "Questions with several parts need evidence from several documents.",
    "El perro corre por el parque. Le chat dort sur le canapé. Der Hund schläft im Garten.",
    "Большой русский текст для обучения словаря. Український текст теж потрібен.",
    "Türkçe karakterler: ğ ü ş ı ö ç. Polskie znaki: ą ć ę ł ń ó ś ź ż. Česky: ř ž ý á í é.",
    "これは検索の例です。 重新排序 模型 会 给出 更好 的 结果。 한국어 검색 예제.",
    "ประเทศไทย العربية हिन्दी ελληνικά עברית",
]
