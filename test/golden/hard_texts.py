"""Texts that tokenizers disagree on. Each is a string, or a pair (piece, times) for a long one."""

HARD_TEXTS = [
    "",
    " ",
    "plain English, with punctuation: (a) b-c; d's \"e\"!",
    "MiXeD CaSe AND ÀÉÎÕÜ ñ ç ß ẞ",
    "tabs\tand\nnew\r\nlines\u00a0and\u2003spaces\u3000of\u200ball kinds",
    "control \x00\x01\x07\x1b\x7f\x85 characters",
    "zero\u200dwidth\u200cjoiners\ufeff and soft\u00adhyphens",
    "replacement \ufffd character",
    "\ue000 private \U000f0000 use",
    "combining e\u0301 a\u0308 o\u0302\u0323 \u0301alone",
    "precomposed é ä ộ and ﬁ ﬂ ligatures, ½ ² ™ ①",
    "Greek final sigma: ΟΔΥΣΣΕΥΣ ὈΔΥΣΣΕΎΣ Σ ΣΑΣ σας",
    "Turkish: İSTANBUL ısı I i İi",
    "German STRASSE straße; Dutch IJsland ĳ; Croatian Ǆ ǅ ǆ",
    "Cherokee ᏣᎳᎩ ꭰꭱ, Georgian ᲐᲑ აბ, Deseret 𐐀𐐨",
    "中文分词没有空格。",
    "日本語のテキスト、カタカナ・ひらがな ﾊﾝｶｸ",
    "한국어 텍스트 한글",
    "supplementary ideographs 𠀀𠀁 𪚥 𫜴 𬺰 𰻞 丽 and 㐀 豈",
    "اللغة العربية مع تَشْكِيل وأرقام ١٢٣",
    "עברית עם נִקּוּד",
    "ภาษาไทยไม่มีช่องว่าง",
    "हिन्दी में देवनागरी",
    "বাংলা தமிழ் తెలుగు ಕನ್ನಡ മലയാളം",
    "Tiếng Việt có nhiều dấu",
    "Ёлка и ёж, Київ, Ћирилица",
    "emoji 👍🏽 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 ❤️ ☺",
    "math 𝐀𝒜𝔄 ∑∫√∞ ≤≥ ℝ",
    "code: const x = a?.b ?? `c${d}`; // -> 0x1F_600",
    "http://example.org/a_b?q=%20#frag user@example.org",
    "currency $1,234.56 €7 ¥800 £9 ₹10",
    "dashes – — ‑ ‒ ― and quotes ‘’ “” «» „‟",
    "[CLS] [SEP] [MASK] [PAD] [UNK] cls [sep]",
    "a[SEP]b [CLS]",
    "under_score and hyphen-ated and slash/ed",
    "##suffix ## #",
    "longwordwithoutanyspace" * 3,
    "pneumonoultramicroscopicsilicovolcanoconiosis",
    ("x", 100),
    ("x", 101),
    ("é", 100),
    ("word ", 600),
    ("The quick brown fox jumps over the lazy dog. ", 1200),
    ("many  spaces   between ", 400),
    ("Ωμέγα και Σίγμα ΤΕΛΟΣ ", 500),
    ("𠀀𠀁 ", 700),
    ("nospacesatall", 4000),
    ("a,b;c.", 9000),
]


def text_of(item):
    return item if isinstance(item, str) else item[0] * item[1]


def described(item):
    return item if isinstance(item, str) else {"piece": item[0], "times": item[1]}
