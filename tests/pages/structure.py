"""Pages as a browser reads them: elements with their attributes, and the texts between them."""

from html.parser import HTMLParser


class Structure(HTMLParser):
    """The elements of a page in order, and its texts."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.texts = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def handle_comment(self, data):
        self.elements.append(("!--", {}))

    @property
    def shape(self):
        """What no cell may change: which elements there are, with which attributes."""
        return [(tag, tuple(attributes)) for tag, attributes in self.elements]

    def values(self, *names):
        """Give the values of attributes."""
        return [value for _, attributes in self.elements for name, value in attributes.items() if name in names]


def read(page):
    return Structure(page.read_text(encoding="utf-8"))
