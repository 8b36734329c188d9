"""A small reader of C++ text: takes comments and literals out, finds functions. Line numbers stay as they are."""

import re

RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(')
TEMPLATE_HEAD = re.compile(r"\btemplate\s*<")
SCOPE_HEAD = re.compile(r"^(?:typedef\s+|static\s+|inline\s+)*(class|struct|union|enum)\b")


def _end_of_literal(text, start):
    """Index after a quoted literal that begins at `start`."""
    quote = text[start]
    index = start + 1
    while index < len(text) and text[index] != quote and text[index] != "\n":
        index += 2 if text[index] == "\\" else 1
    return min(index + 1, len(text))


def _skip(text, index):
    """(end, replacement) of the comment or literal at `index`, or None when code stands there."""
    if text.startswith("//", index):
        end = text.find("\n", index)
        return (len(text) if end < 0 else end), ""
    if text.startswith("/*", index):
        end = text.find("*/", index + 2)
        end = len(text) if end < 0 else end + 2
        return end, " " + "\n" * text.count("\n", index, end)
    raw = RAW_STRING.match(text, index)
    if raw and not (index and (text[index - 1].isalnum() or text[index - 1] == "_")):
        end = text.find(")" + raw.group(1) + '"', raw.end())
        end = len(text) if end < 0 else end + len(raw.group(1)) + 2
        return end, '""' + "\n" * text.count("\n", index, end)
    if text[index] == '"':
        return _end_of_literal(text, index), '""'
    if text[index] == "'" and not (index and text[index - 1].isalnum()):  # 1'000 is a number
        return _end_of_literal(text, index), "''"
    return None


def code_only(text):
    """The text without comments and with empty literals; every line break is kept."""
    parts = []
    index = 0
    while index < len(text):
        skipped = _skip(text, index)
        if skipped:
            index, replacement = skipped
            parts.append(replacement)
        else:
            parts.append(text[index])
            index += 1
    return "".join(parts)


def _without_directives(code):
    """Blanks preprocessor lines (their braces need not match) and their continuations."""
    lines = code.split("\n")
    continued = False
    for number, line in enumerate(lines):
        directive = continued or line.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        if directive:
            lines[number] = ""
    return "\n".join(lines)


def _without_template_head(head):
    """Drops `template <...>` in front, so that its `class` is not taken for a type."""
    match = TEMPLATE_HEAD.match(head)
    while match:
        depth = 1
        index = match.end()
        while index < len(head) and depth:
            depth += {"<": 1, ">": -1}.get(head[index], 0)
            index += 1
        head = head[index:].lstrip()
        match = TEMPLATE_HEAD.match(head)
    return head


def _kind_of_block(head):
    """What a brace opens, told from the text before it: scope, function, member (of an initialiser list), other."""
    head = _without_template_head(re.sub(r"\[\[.*?\]\]", "", head).strip())
    if re.search(r"\bnamespace\b", head) or re.match(r'extern\s*""$', head) or SCOPE_HEAD.match(head):
        return "scope"
    if re.search(r"\)[^()]*(?<!:):(?!:)", head) and re.search(r"[\w>]$", head):
        if not re.search(r"\b(const|noexcept|override|final|try|mutable)$", head):
            return "member"
    return "function" if "(" in head else "other"


def functions(text):
    """(first line, last line, head) of each outermost function body, lines counted from 1."""
    code = _without_directives(code_only(text))
    found = []
    stack = []  # (kind, line, head) of the open blocks
    head = ""
    line = 1
    inside = 0  # open blocks from the outermost function on
    for character in code:
        if character == "\n":
            line += 1
        if character == "{":
            kind = "inner" if inside else _kind_of_block(head)
            if kind in ("inner", "function"):
                inside += 1
            stack.append((kind, line, head))
            head = "" if kind != "member" else head
        elif character == "}" and stack:
            kind, first, opened_by = stack.pop()
            if kind in ("inner", "function"):
                inside -= 1
            if kind == "function":
                found.append((first, line, " ".join(opened_by.split())))
            head = opened_by + "{}" if kind == "member" else ""
        elif character == ";" and not inside:
            head = ""
        elif not inside:
            head += character
    return found
