"""Reads pages as a browser would: whole, closed, with every link."""

from html.parser import HTMLParser


class Reader(HTMLParser):
    """Reads a page's text and attributes; refuses tags that do not close."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.texts, self.attributes, self.tags = [], [], [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    def linked(self):
        return [value for name, value in self.attributes if name in ("href", "src")]

    @property
    def text(self):
        return "".join(self.texts)
