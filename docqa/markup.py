"""Makes markup in foreign text harmless: it stays readable, but is no markup any more."""

import re

# Invisible characters between the letters do not hide a mark.
_GAP = (
    r"[\s\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    r"\U000e0000-\U000e007f]*"
)
# Marks of turns and roles that template families write in pointed brackets, beside <|…|>: Llama,
# Gemma, Baichuan, ChatGLM, InternLM, Command R, DeepSeek, Qwen, Phi, Mistral, MiniCPM and others.
_POINTED = (
    "s unk pad bos eos sop eop eoh eoa mask start_of_turn end_of_turn start_of_image end_of_image"
    " bos_token eos_token pad_token unk_token begin_of_text end_of_text think thinking tool_call"
    " tool_calls tool_response tools function function_call system user assistant human ai bot"
    " 用户 助手 系统"
)
_NUMBERED = ("reserved_", "extra_", "tokens_unused_", "unused")
# The same in square brackets.
_SQUARE = (
    "INST SYSTEM_PROMPT AVAILABLE_TOOLS TOOL_CALLS TOOL_RESULTS TOOL_CONTENT IMG IMG_BREAK IMG_END"
    " PREFIX SUFFIX MIDDLE THINK gMASK sMASK MASK CLS SEP"
)
# Headings of instruction templates, at the beginning of a line or not.
_HEADINGS = (
    "Instruction Response Input Output Human User Assistant System Question Answer"
    " 指令 输入 输出 回答 回复 响应 问题 用户 助手 系统 人类"
)


def _loose(word: str) -> str:
    return _GAP.join(map(re.escape, word))


def _any(words: str) -> str:
    return "|".join(_loose(word) for word in sorted(words.split(), key=len, reverse=True))


_MARKUP = re.compile(
    "|".join(
        (
            rf"\[{_GAP}/?{_GAP}(?:{_any(_SQUARE)}){_GAP}\]",
            rf"\[{_GAP}Round{_GAP}\d+{_GAP}\]",
            # BlueLM, EXAONE and InternLM: [|Human|], [UNUSED_TOKEN_146].
            rf"\[{_GAP}\|[^\[\]|\n]{{1,64}}\|{_GAP}\]",
            rf"\[{_GAP}{_loose('UNUSED_TOKEN_')}{_GAP}\d+{_GAP}\]",
            rf"<{_GAP}<{_GAP}/?{_GAP}{_loose('SYS')}{_GAP}>{_GAP}>",
            rf"<{_GAP}/?{_GAP}(?:{_any(_POINTED)}){_GAP}>",
            rf"<{_GAP}/?{_GAP}(?:{'|'.join(map(_loose, _NUMBERED))}){_GAP}\d+{_GAP}>",
            # The bar is Llama's and Qwen's, the full-width bar DeepSeek's and Hunyuan's.
            rf"<{_GAP}/?{_GAP}[|｜][^<>|｜\n]{{1,64}}[|｜]{_GAP}>",
            rf"#{_GAP}#{_GAP}#{_GAP}(?:{_any(_HEADINGS)}){_GAP}[:：]",
        )
    ),
    re.IGNORECASE,
)
# Full-width twins look the same to a reader; the length does not change, so offsets keep.
_TWINS = str.maketrans("[]<>#|", "［］＜＞＃｜")
# A number of a source, as answers write it, is no link unless one of these follows.
_MARKDOWN = re.compile(r"\[(?=\d+\](?![(\[:]))(\d+)\]|([\\`*_{}\[\]<>#!|~&])")


def neutralise(text: str) -> str:
    """The text with every imitation of prompt markup written in full-width signs."""
    return _MARKUP.sub(lambda found: found.group().translate(_TWINS), text)


def escape_markdown(text: str) -> str:
    """The text for a Markdown file: no HTML, picture, link or heading of its own comes of it."""
    return _MARKDOWN.sub(lambda found: found[0] if found[1] else f"\\{found[2]}", text)
